using System.Text;

namespace Marketing.Core.Tests.Audience;

/// <summary>Gives its bytes and then breaks off, as the body of a client that goes away.</summary>
internal sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        return read > 0 ? read : throw new IOException("The client is gone.");
    }
}

/// <summary>Gives its bytes and does something before it ends.</summary>
internal sealed class InterruptedStream(string text, Func<Task> atTheEnd) : MemoryStream(Encoding.UTF8.GetBytes(text))
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            await atTheEnd();
        return read;
    }
}

/// <summary>A CSV of about 300 bytes a person that exists only as it is read, in reads of odd sizes; measures the heap meanwhile.</summary>
internal sealed class GeneratedStream(int people) : Stream
{
    private static readonly string Note = new('x', 250);
    private byte[] line = Encoding.UTF8.GetBytes("telegram_user_id,first_name,note,seats\n");
    private int at;
    private int person;
    private int reads;

    public long AliveAtStart { get; private set; }

    public long MostAlive { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Measure();
        var written = 0;
        var wanted = Math.Min(buffer.Length, 1 + 7_919 * (reads % 13));
        while (written < wanted)
        {
            if (at == line.Length)
            {
                if (person == people)
                    break;
                (line, at) = (Encoding.UTF8.GetBytes($"{++person},\"Name \"\"{person}\"\"\",{Note},{person % 7}\n"), 0);
            }
            var part = Math.Min(wanted - written, line.Length - at);
            line.AsSpan(at, part).CopyTo(buffer.Span[written..]);
            (written, at) = (written + part, at + part);
        }
        return ValueTask.FromResult(written);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read without blocking.");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // A collection every hundred reads: about ten over the file.
    private void Measure()
    {
        if (reads++ % 100 != 0)
            return;
        var alive = GC.GetTotalMemory(forceFullCollection: true);
        AliveAtStart = AliveAtStart == 0 ? alive : AliveAtStart;
        MostAlive = Math.Max(MostAlive, alive);
    }
}
