using System.Text.Json;
using Marketing.Core.Audience;

namespace Marketing.Core.Tests.Audience;

public sealed class UserPatchTests
{
    // The table of RFC 7386, appendix A, as far as it is about objects: what attributes are.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Apply_ToAttributes_MergesAsTheRfcSays(string attributes, string patch, string expected)
    {
        var user = new UserFields(Guid.Empty, "free", "EU", "en", null, JsonElement.Parse(attributes));

        var changed = UserPatch.Apply(user, JsonElement.Parse($$"""{"attributes":{{patch}}}"""));

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), changed.Attributes), changed.Attributes.ToString());
        Assert.Equal(("free", "EU", "en"), (changed.UserTier, changed.Region, changed.Language));
    }

    [Fact]
    public void Apply_SeveralWrongMembers_TellsOfAll()
    {
        var user = new UserFields(Guid.Empty, null, null, null, null, JsonElement.Parse("{}"));

        var refusal = Assert.Throws<InvalidException>(
            () => UserPatch.Apply(user, JsonElement.Parse("""{"user_tier":1,"regoin":"EU","a/b":1,"last_trade_at":true}""")));

        Assert.Equal(["/a~1b", "/last_trade_at", "/regoin", "/user_tier"], refusal.Errors.Keys.Order(StringComparer.Ordinal));
    }
}
