namespace JustHungry.Server.Postcodes;

/// <summary>A set of the most recently used texts, up to its capacity. Safe to call from any thread.</summary>
internal sealed class RecentlyUsed(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<string>> _nodes = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _byUse = new();

    /// <summary>True if the text is in the set; it then becomes the most recently used.</summary>
    public bool Use(string text)
    {
        lock (_lock)
        {
            if (!_nodes.TryGetValue(text, out LinkedListNode<string>? node))
                return false;

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return true;
        }
    }

    public void Add(string text)
    {
        lock (_lock)
        {
            if (_nodes.ContainsKey(text))
                return;
            if (_byUse.Count == capacity)
            {
                _nodes.Remove(_byUse.Last!.Value);
                _byUse.RemoveLast();
            }

            _nodes.Add(text, _byUse.AddFirst(text));
        }
    }
}
