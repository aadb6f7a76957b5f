namespace Marketing.Bench.Processes;

/// <summary>Somebody's broadcast that is being sent, by a process of its own.</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>Returns when it has done all that it ever will.</summary>
    Task<PeerEnd> EndAsync(CancellationToken ct);

    /// <summary>kill -9; what its peak working set was until then, in bytes.</summary>
    Task<long> KillAsync();
}
