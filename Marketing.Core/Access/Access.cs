namespace Marketing.Core.Access;

/// <summary>Each role may do what those before it may, but for converter, which only records conversions.</summary>
public enum Role : short { Converter = 0, Viewer = 1, Editor = 2, Sender = 3, Owner = 4 }

public enum Permission { View, Edit, Send, ManageAudience, ManageBot, ManageTokens, ReadAuditLog, RecordConversions }

/// <summary>Who a request's token belongs to.</summary>
public sealed record Caller(Guid Id, string Name, Role Role);

/// <summary>The one table of what each role may do.</summary>
public static class Permissions
{
    public static bool Allows(Role role, Permission permission) => permission switch
    {
        Permission.View => role >= Role.Viewer,
        Permission.Edit => role >= Role.Editor,
        Permission.Send => role >= Role.Sender,
        Permission.ManageAudience or Permission.ManageBot or Permission.ManageTokens or Permission.ReadAuditLog => role >= Role.Owner,
        Permission.RecordConversions => role is Role.Converter or >= Role.Editor,
        _ => false,
    };

    public static IReadOnlyList<Permission> Of(Role role) =>
        [.. Enum.GetValues<Permission>().Where(permission => Allows(role, permission))];
}
