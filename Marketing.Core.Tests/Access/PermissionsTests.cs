using Marketing.Core.Access;

namespace Marketing.Core.Tests.Access;

public sealed class PermissionsTests
{
    [Theory]
    [InlineData(Role.Converter, Permission.RecordConversions)]
    [InlineData(Role.Viewer, Permission.View)]
    [InlineData(Role.Editor, Permission.View, Permission.Edit, Permission.RecordConversions)]
    [InlineData(Role.Sender, Permission.View, Permission.Edit, Permission.Send, Permission.RecordConversions)]
    [InlineData(Role.Owner, Permission.View, Permission.Edit, Permission.Send, Permission.ManageAudience, Permission.ManageBot, Permission.ManageTokens, Permission.ReadAuditLog, Permission.RecordConversions)]
    public void Allows_Role_IsExactlyThese(Role role, params Permission[] expected) =>
        Assert.Equal(expected, Permissions.Of(role));
}
