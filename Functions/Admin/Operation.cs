using Marketing.Core.Access;

namespace Marketing.Functions.Admin;

/// <summary>What an admin function is: who may use it, what it is called in the audit log, and the query parameters it knows.</summary>
/// <param name="Action">The object's kind and what is done to it, such as broadcast.send; null for what changes nothing.</param>
public sealed record Operation(Permission Permission, string? Action = null)
{
    public IReadOnlyList<string> Query { get; init; } = [];

    public static implicit operator Operation(Permission permission) => new(permission);
}
