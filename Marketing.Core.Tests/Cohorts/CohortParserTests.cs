using System.Text.Json;
using Marketing.Core.Cohorts;

namespace Marketing.Core.Tests.Cohorts;

public sealed class CohortParserTests
{
    private const string Id = "01900000-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"user_tier":"premium","region":"EU","no_trades_7d":true}""")]
    [InlineData("""{"region":null,"language":{"in":["en",null]},"user_tier":{"ne":null}}""")]
    [InlineData("""{"all":[{},{"any":[{"region":"EU"},{"not":{"user_tier":"free"}}]}]}""")]
    [InlineData("""{"created_at":{"gte":"2026-01-31","lt":"2026-02-28T18:00:00.123+02:00"},"last_seen_at":{"within":"12h"}}""")]
    [InlineData("""{"last_trade_at":{"older_than":"2w","exists":true},"no_trades_3650d":false}""")]
    [InlineData("""{"attributes.score":{"gt":1.5,"ne":7},"attributes.a.b/c~d":true,"attributes.renews":{"lte":"2026-01-31T18:00Z"}}""")]
    [InlineData($$"""{"clicked":"{{Id}}","not":{"received":{"in":["{{Id}}"]} } }""")]
    public void Parse_ValidQuery_IsAccepted(string query) => Parse(query);

    [Theory]
    [InlineData("""[]""", "", "must be an object; {} is everyone reachable")]
    [InlineData("""{"any":[{},{"user_teir":"x"}]}""", "/any/1/user_teir", "unknown field; did you mean user_tier?")]
    [InlineData("""{"ragion":"EU"}""", "/ragion", "unknown field; did you mean region?")]
    [InlineData("""{"clicekd":"x"}""", "/clicekd", "unknown field; did you mean clicked?")]
    [InlineData("""{"or":[{}]}""", "/or", "unknown field; did you mean any?")]
    [InlineData("""{"attribute.plan":"x"}""", "/attribute.plan", "unknown field; did you mean attributes.plan?")]
    [InlineData("""{"attributes":{"plan":"x"}}""", "/attributes", "unknown field; did you mean attributes.<key>?")]
    [InlineData("""{"no_trade_7d":true}""", "/no_trade_7d", "unknown field; did you mean no_trades_7d?")]
    [InlineData("""{"telegram_user_id":1}""", "/telegram_user_id", "unknown field")]
    [InlineData("""{"a/b~c":1}""", "/a~1b~0c", "unknown field")]
    [InlineData("""{"created_at":{"wihtin":"7d"}}""", "/created_at/wihtin", "unknown operator; did you mean within?")]
    [InlineData("""{"created_at":{"foo":"7d"}}""", "/created_at/foo", "unknown operator")]
    [InlineData("""{"region":{"eq":"EU"}}""", "/region/eq", "unknown operator; for equality give the value itself")]
    [InlineData("""{"region":{"nin":["EU"]}}""", "/region/nin", """unknown operator; put {"in": [..]} inside a not""")]
    [InlineData("""{"region":["EU"]}""", "/region", """must be one value; for a list write {"in": [..]}""")]
    [InlineData("""{"region":{}}""", "/region", "needs a value or an operator")]
    [InlineData("""{"region":7}""", "/region", "must be a string")]
    [InlineData("""{"region":{"in":["EU",7]}}""", "/region/in/1", "must be a string")]
    [InlineData("""{"region":{"in":[]}}""", "/region/in", "must be a list of 1 to 1000 values")]
    [InlineData("""{"region":{"in":"EU"}}""", "/region/in", "must be a list of 1 to 1000 values")]
    [InlineData("""{"region":{"gt":"EU"}}""", "/region/gt", "is for times and numbers; region is text")]
    [InlineData("""{"region":{"exists":"yes"}}""", "/region/exists", "must be true or false")]
    [InlineData("""{"region":"EU","region":"US"}""", "/region", "is given twice")]
    [InlineData("""{"region":"EU","re\u0067ion":"US"}""", "/region", "is given twice")]
    [InlineData("""{"created_at":{"gt":"2026-01-01","gt":"2026-01-02"}}""", "/created_at/gt", "is given twice")]
    [InlineData("""{"region":"a\u0000b"}""", "/region", "must not contain a NUL character")]
    [InlineData("""{"attributes.a\u0000b":1}""", "/attributes.a\0b", "must not contain a NUL character")]
    [InlineData("""{"region":"\ud800"}""", "/region", "contains a lone surrogate, which is not valid Unicode")]
    [InlineData("""{"not":{"\udc00":1}}""", "/not", "has a key with a lone surrogate, which is not valid Unicode")]
    [InlineData("""{"attributes.":1}""", "/attributes.", "needs an attribute's name of 1 to 100 characters")]
    [InlineData("""{"attributes.a":[1]}""", "/attributes.a", """must be one value; for a list write {"in": [..]}""")]
    [InlineData("""{"attributes.a":1e400}""", "/attributes.a", "is too large a number")]
    [InlineData("""{"attributes.a":{"gt":true}}""", "/attributes.a/gt", "must be a number, or a time such as 2026-01-31 or 2026-01-31T18:00:00Z")]
    [InlineData("""{"created_at":{"gt":5}}""", "/created_at/gt", "must be a time such as 2026-01-31 or 2026-01-31T18:00:00Z")]
    [InlineData("""{"created_at":{"gt":"2026-02-30"}}""", "/created_at/gt", "must be a time such as 2026-01-31 or 2026-01-31T18:00:00Z")]
    [InlineData("""{"created_at":{"gt":"31/01/2026"}}""", "/created_at/gt", "must be a time such as 2026-01-31 or 2026-01-31T18:00:00Z")]
    [InlineData("""{"created_at":{"within":"7"}}""", "/created_at/within", "must be a duration such as 30m, 12h, 7d or 2w, at most 3650d")]
    [InlineData("""{"created_at":{"within":"7d\n"}}""", "/created_at/within", "must be a duration such as 30m, 12h, 7d or 2w, at most 3650d")]
    [InlineData("""{"created_at":{"older_than":"9999999w"}}""", "/created_at/older_than", "must be a duration such as 30m, 12h, 7d or 2w, at most 3650d")]
    [InlineData("""{"created_at":{"within":7}}""", "/created_at/within", "must be a duration such as 30m, 12h, 7d or 2w, at most 3650d")]
    [InlineData("""{"no_trades_0d":true}""", "/no_trades_0d", "must be no_trades_<n>d with n from 1 to 3650")]
    [InlineData("""{"no_trades_3651d":true}""", "/no_trades_3651d", "must be no_trades_<n>d with n from 1 to 3650")]
    [InlineData("""{"no_trades_99999999999d":true}""", "/no_trades_99999999999d", "must be no_trades_<n>d with n from 1 to 3650")]
    [InlineData("""{"no_trades_7d":"yes"}""", "/no_trades_7d", "must be true or false")]
    [InlineData("""{"clicked":"17"}""", "/clicked", "must be the id of a broadcast")]
    [InlineData("""{"clicked":null}""", "/clicked", "must be the id of a broadcast")]
    [InlineData("""{"received":{"in":["\ud800"]}}""", "/received/in/0", "contains a lone surrogate, which is not valid Unicode")]
    [InlineData($$"""{"clicked":{"in":["{{Id}}"],"ne":"{{Id}}"} }""", "/clicked/ne",
        """takes a broadcast's id or {"in": [..]}; for the opposite put it inside a not""")]
    [InlineData("""{"any":[]}""", "/any", "must be a list of one or more queries")]
    [InlineData("""{"all":{}}""", "/all", "must be a list of one or more queries")]
    [InlineData("""{"not":[{}]}""", "/not", "must be an object; {} is everyone reachable")]
    public void Parse_InvalidQuery_SaysWhatIsWrongWhere(string query, string pointer, string error)
    {
        var errors = Assert.Throws<InvalidException>(() => Parse(query)).Errors;

        Assert.Equal("/cohort_query" + pointer, Assert.Single(errors).Key);
        Assert.Equal([error], errors.Values.Single());
    }

    [Fact]
    public void Parse_NoQueryAtAll_IsRefused() =>
        Assert.Throws<InvalidException>(() => CohortParser.Parse(default, "/cohort_query"));

    [Fact]
    public void Parse_SeveralErrors_ReportsAllOfThem()
    {
        var errors = Assert.Throws<InvalidException>(() => Parse(
            """{"user_teir":"x","any":[{"region":1},{"created_at":{"gt":"x","within":"y"}}],"not":7}""")).Errors;

        Assert.Equal(
            ["/any/0/region", "/any/1/created_at/gt", "/any/1/created_at/within", "/not", "/user_teir"],
            errors.Keys.Select(key => key["/cohort_query".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_ThousandsOfErrors_ReportsTheFirstHundred()
    {
        var query = "{" + string.Join(",", Enumerable.Range(0, 5_000).Select(i => $"\"field_{i}\":1")) + "}";

        Assert.Equal(100, Assert.Throws<InvalidException>(() => Parse(query)).Errors.Count);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Parse_NestedQueries_AllowsEightWithinOneAnother(int depth, bool allowed) =>
        AssertAllowed(string.Concat(Enumerable.Repeat("""{"not":""", depth - 1)) + "{}" + new string('}', depth - 1), allowed);

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void Parse_Conditions_AllowsTwoHundred(int count, bool allowed) =>
        AssertAllowed(Any(count, """{"region":{"ne":"EU"}}"""), allowed);

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void Parse_ConditionsOnBroadcasts_AllowsTwenty(int count, bool allowed) =>
        AssertAllowed(Any(count, $$"""{"clicked":"{{Id}}"}"""), allowed);

    [Theory]
    [InlineData(999, true)]
    [InlineData(1_000, false)]
    public void Parse_EmptyQueries_AllowsAThousand(int count, bool allowed) => AssertAllowed(Any(count, "{}"), allowed);

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void Parse_List_AllowsAThousandValues(int count, bool allowed) =>
        AssertAllowed($$"""{"attributes.a":{"in":[{{string.Join(",", Enumerable.Range(0, count))}}] } }""", allowed);

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Parse_String_Allows256Characters(int length, bool allowed) =>
        AssertAllowed($$"""{"region":"{{new string('x', length)}}"}""", allowed);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(1_000_000, false)]
    public void Parse_AttributeKey_AllowsAHundredCharacters(int length, bool allowed) =>
        AssertAllowed($$"""{"attributes.{{new string('x', length)}}":1}""", allowed);

    private static void AssertAllowed(string query, bool allowed)
    {
        if (allowed)
        {
            Parse(query);
            return;
        }

        var refusal = Assert.Throws<InvalidException>(() => Parse(query));
        Assert.StartsWith("/cohort_query", Assert.Single(refusal.Errors).Key, StringComparison.Ordinal);
        Assert.InRange(refusal.Message.Length, 1, 1_000);
    }

    private static string Any(int count, string query) => $$"""{"any":[{{string.Join(",", Enumerable.Repeat(query, count))}}]}""";

    private static CohortNode Parse(string query) => CohortParser.Parse(JsonElement.Parse(query), "/cohort_query");
}
