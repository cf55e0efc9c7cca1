using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>
/// A digest of whole object graphs, found by reflection: of everything that a core remembers, including fields added later. Two states with
/// the same digest behave alike; if some equal states have different digests (scratch space, counters), that only costs time. Objects that
/// stand for the outside are left out.
/// </summary>
internal sealed class StateHash
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();
    private static readonly string[] Scratch = ["_effects", "_answer", "_writer", "_frames"];

    private readonly Dictionary<object, int> _seen = new(ReferenceEqualityComparer.Instance);
    private SmallProcess? _owner;

    public ulong Value { get; private set; } = 17;

    /// <summary>Sets whose connections the ids in what follows are.</summary>
    public void Enter(SmallProcess owner)
    {
        _owner = owner;
        _seen.Clear();
    }

    public void Add(ulong value) => Value = ulong.RotateLeft((Value ^ value) * 0x9E3779B97F4A7C15, 31);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        foreach (byte b in bytes)
            Value = (Value ^ b) * 0x100000001B3;
    }

    public void Add(object? thing)
    {
        switch (thing)
        {
            case null:
                Add(0ul);
                break;
            case ConnectionId connection:
                Add((ulong)_owner!.RankOf(connection));
                break;
            case bool or byte or int or uint or long or ulong or ushort or short or Enum:
                Add(unchecked((ulong)thing.GetHashCode()));
                break;
            case UInt128 wide:
                Add((ulong)wide ^ (ulong)(wide >> 64));
                break;
            case string text:
                foreach (char c in text)
                    Add((ulong)c);
                break;
            case byte[] bytes:
                Add(bytes.AsSpan());
                break;
            case ReadOnlyMemory<byte> memory:
                Add(memory.Span);
                break;
            case ReadOnlySequence<byte> sequence:
                Add(sequence.ToArray().AsSpan());
                break;
            case ArrayBufferWriter<byte> writer:
                Add(writer.WrittenSpan);
                break;
            case View view:
                Add(view.Epoch.Value); // the register's views are hashed completely, once
                break;
            case LogBatch batch:
                Add(batch.First.Value);
                Add((ulong)batch.Count);
                Add(batch.Epoch.Value);
                Add(batch.Checksum);
                break;
            case RequestSlot slot:
                AddSlot(slot);
                break;
            case ShopState shop:
                Add(shop.Digest());
                break;
            case INetwork or IReplicaDisk or IReplicaEvents or IReplicaHost or ReplicaOptions or Delegate or Type or NameRegistration or NameServerLink or PeerReach:
                break;
            case IEnumerable many when thing is not ICore:
                foreach (object? one in many)
                    Add(one);
                Add(99ul);
                break;
            default:
                AddFields(thing);
                break;
        }
    }

    /// <summary>Its buffers are rented, so what lies after their content is arbitrary.</summary>
    private void AddSlot(RequestSlot slot)
    {
        if (!_seen.TryAdd(slot, _seen.Count))
            return;
        Add((ulong)slot.State);
        Add(slot.SendNumber);
        Add((ulong)slot.Sendings);
        Add(slot.UserCorrelation);
        if (slot.State == SlotState.Held)
            Add(slot.Answer.ToArray().AsSpan());
        Add(slot.Next);
    }

    private void AddFields(object thing)
    {
        Type type = thing.GetType();
        if (!type.IsValueType && !_seen.TryAdd(thing, _seen.Count))
        {
            Add((ulong)_seen[thing]);
            return;
        }

        foreach (FieldInfo field in Fields.GetOrAdd(type, FieldsOf))
            Add(field.GetValue(thing));
    }

    /// <summary>Leaves out times: clocks don't move in the small world, except for heartbeats, which change nothing else.</summary>
    private static FieldInfo[] FieldsOf(Type type)
    {
        List<FieldInfo> fields = [];
        for (Type? t = type; t is not null && t != typeof(object); t = t.BaseType)
            fields.AddRange(t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        return [.. fields.Where(f => !IsClock(f.Name) && !Scratch.Contains(f.Name))];
    }

    private static bool IsClock(string field) =>
        field.EndsWith("Ms", StringComparison.Ordinal) || field.EndsWith("Ms>k__BackingField", StringComparison.Ordinal) || field.EndsWith("Ms>P", StringComparison.Ordinal);
}
