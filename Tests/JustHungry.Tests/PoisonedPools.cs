using System.Buffers;
using JustHungry.Protocol.Framing;
using NUnit.Framework;

namespace JustHungry.Tests;

/// <summary>All tests of this assembly run on pools that spoil what is given back.</summary>
[SetUpFixture]
public sealed class PoisonedPools
{
    /// <summary>MessagePack's only unused code: no message that contains it can be decoded.</summary>
    public const byte Poison = 0xc1;

    [OneTimeSetUp]
    public void Spoil() => (BytePools.Arrays, BytePools.Memory) = (new Arrays(), new Memory());

    [OneTimeTearDown]
    public void Restore() => (BytePools.Arrays, BytePools.Memory) = (ArrayPool<byte>.Shared, MemoryPool<byte>.Shared);

    private sealed class Arrays : ArrayPool<byte>
    {
        public override byte[] Rent(int minimumLength) => Shared.Rent(minimumLength);

        public override void Return(byte[] array, bool clearArray = false)
        {
            Array.Fill(array, Poison);
            Shared.Return(array);
        }
    }

    private sealed class Memory : MemoryPool<byte>
    {
        private const int UsualBytes = 4096;

        public override int MaxBufferSize => Shared.MaxBufferSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Owner(minBufferSize < 0 ? UsualBytes : minBufferSize);

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Owner(int bytes) : IMemoryOwner<byte>
        {
            private byte[]? _array = ArrayPool<byte>.Shared.Rent(bytes);

            public Memory<byte> Memory => _array ?? throw new ObjectDisposedException("a buffer that was given back");

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _array, null) is not { } array)
                    throw new InvalidOperationException("a buffer is given back twice");
                Array.Fill(array, Poison);
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }
}
