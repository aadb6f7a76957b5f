using Marketing.Core.Templates;

namespace Marketing.Core.Tests.Templates;

public sealed class LanguagesTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("fr", null)]
    [InlineData("pt", "pt")]
    [InlineData("PT", "pt")]
    [InlineData("pt-PT", "pt")]
    [InlineData("pt-br", "pt-br")]
    [InlineData("pt_BR", "pt-br")]
    [InlineData("pt-BR-x-rio", "pt")] // exact, then the primary subtag; nothing in between
    [InlineData("ptx", null)]
    [InlineData("-", null)]
    public void Find_Language_IsTheExactOneThenThePrimarySubtag(string? language, string? expected) =>
        Assert.Equal(expected, Languages.Find(new Dictionary<string, int> { ["pt"] = 1, ["pt-br"] = 2 }, language));

    [Theory]
    [InlineData("de")]
    [InlineData("pt-BR")]
    [InlineData("zh-Hant-TW")]
    [InlineData("en_US")]
    public void Check_ATag_IsFine(string language) => Languages.Check(language, "/language");

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("pt-")]
    [InlineData("pt\n")]
    [InlineData("pt br")]
    [InlineData("português")]
    [InlineData("aa-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa")] // 38
    public void Check_NoTag_IsRefused(string language) =>
        Assert.Equal(["/language"], Assert.Throws<InvalidException>(() => Languages.Check(language, "/language")).Errors.Keys);
}
