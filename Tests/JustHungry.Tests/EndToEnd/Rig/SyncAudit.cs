using System.Buffers.Binary;
using System.Text;
using JustHungry.Protocol.Framing;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// Goes through what one process did to files and sockets, in order, and knows at each frame that it sent which files a loss of power
/// would have changed: those written and not fsynced since, and those whose entry in a directory was not.
/// </summary>
/// <param name="root">Only what lies below this directory counts. A directory's name ends with a slash.</param>
internal sealed class SyncAudit(string root)
{
    private readonly Dictionary<int, string> _paths = [];
    private readonly Dictionary<int, List<byte>> _streams = [];
    private readonly HashSet<string> _known = [];
    private readonly Dictionary<string, int> _written = [];
    private readonly Dictionary<string, int> _entered = [];

    /// <summary>Calls <paramref name="sent"/> for each frame, with the files (and directories) that are not safe at that moment.</summary>
    public void Go(IReadOnlyList<SystemCall> calls, Action<Frame, IReadOnlyList<string>> sent)
    {
        // What a call does to a file counts from where it begins; that it is safe, from where the sync ends.
        var events = calls.Select(c => (Place: c.Begins, IsEnd: false, Call: c)).Concat(calls.Select(c => (Place: c.Ends, IsEnd: true, Call: c)));
        foreach ((_, bool isEnd, SystemCall call) in events.OrderBy(e => e.Place).ThenBy(e => e.IsEnd))
        {
            if (isEnd)
                End(call);
            else
                Begin(call, sent);
        }
    }

    private void Begin(SystemCall call, Action<Frame, IReadOnlyList<string>> sent)
    {
        switch (call.Name)
        {
            case "write" or "writev" or "pwrite64" or "pwritev" or "ftruncate" or "fallocate" when _paths.TryGetValue(call.Descriptor, out string? path):
                _written[path] = call.Begins;
                break;
            case "write" or "writev" or "sendto" or "sendmsg":
                Sent(call, sent);
                break;
            case "rename" or "renameat" or "renameat2":
                Renamed(call);
                break;
            case "close":
                _paths.Remove(call.Descriptor);
                _streams.Remove(call.Descriptor);
                break;
        }
    }

    private void End(SystemCall call)
    {
        switch (call.Name)
        {
            case "openat" or "creat" when call.Result >= 0 && PathOf(call, 0) is { } path:
                _paths[(int)call.Result] = path;
                if (call.Arguments.Contains("O_CREAT", StringComparison.Ordinal) && _known.Add(path))
                    _entered[path] = call.Begins;
                break;
            case "mkdir" or "mkdirat" when call.Result >= 0 && PathOf(call, 0) is { } directory:
                _entered[directory + '/'] = call.Begins;
                break;
            case "fsync" or "fdatasync" when call.Result == 0 && _paths.TryGetValue(call.Descriptor, out string? synced):
                if (_written.TryGetValue(synced, out int writtenAt) && writtenAt < call.Begins)
                    _written.Remove(synced);
                foreach (string entry in _entered.Where(e => Path.GetDirectoryName(e.Key.TrimEnd('/')) == synced && e.Value < call.Begins).Select(e => e.Key).ToList())
                    _entered.Remove(entry);
                break;
        }
    }

    private void Renamed(SystemCall call)
    {
        if (PathOf(call, 0) is not { } from || PathOf(call, 1) is not { } to)
            return;
        _written.Remove(to);
        if (_written.Remove(from, out int writtenAt))
            _written[to] = writtenAt;
        _entered.Remove(from);
        _entered[to] = call.Begins;
        _known.Add(to);
    }

    private void Sent(SystemCall call, Action<Frame, IReadOnlyList<string>> sent)
    {
        if (!_streams.TryGetValue(call.Descriptor, out List<byte>? stream))
            _streams[call.Descriptor] = stream = [];
        foreach (byte[] bytes in call.Strings)
            stream.AddRange(bytes);
        while (stream.Count >= FrameLimits.PrefixBytes)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(stream.GetRange(0, FrameLimits.PrefixBytes).ToArray());
            if (length is 0 or > FrameLimits.DaemonBytesMax)
            {
                stream.Clear(); // no connection of ours: the console, or a pipe
                return;
            }

            if (stream.Count < FrameLimits.PrefixBytes + length)
                return;
            byte[] frame = [.. stream.GetRange(FrameLimits.PrefixBytes, (int)length)];
            stream.RemoveRange(0, FrameLimits.PrefixBytes + (int)length);
            sent(new Frame(new(frame)), [.. _written.Keys.Concat(_entered.Keys).Distinct().Select(p => Path.GetRelativePath(root, p))]);
        }
    }

    private string? PathOf(SystemCall call, int index)
    {
        string? path = call.Strings.Select(Encoding.UTF8.GetString).ElementAtOrDefault(index);
        return path is not null && path.StartsWith(root, StringComparison.Ordinal) ? path : null;
    }
}
