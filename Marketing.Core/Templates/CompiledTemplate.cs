using System.Collections.Concurrent;
using Scriban.Parsing;
using Scriban.Syntax;
using Script = Scriban.Template;

namespace Marketing.Core.Templates;

/// <summary>A template that was parsed and tried out once, and then renders for any number of recipients on any number of threads.</summary>
public sealed class CompiledTemplate
{
    /// <summary>Characters of template text; a message holds 4,096, so this leaves room for tags, links and branches.</summary>
    public const int MaxContent = 16_384;

    // The first few errors help; the rest of a list is usually what the first one caused.
    private const int MaxErrors = 5;

    private readonly Script script;

    // A context costs about 20 allocations and is not thread-safe, so each render borrows one. There are never more of
    // them than threads that rendered at the same moment.
    private readonly ConcurrentBag<RenderContext> idle = [];

    private CompiledTemplate(Script script) => this.script = script;

    /// <summary>Throws <see cref="InvalidException"/> under <paramref name="pointer"/> with "line 2, column 5: ..." for whatever is wrong with the template.</summary>
    public static CompiledTemplate Compile(string content, string pointer)
    {
        if (string.IsNullOrWhiteSpace(content))
            throw new InvalidException(pointer, "the template is empty");
        if (content.Length > MaxContent)
            throw new InvalidException(pointer, $"the template has {content.Length} characters; {MaxContent} at most");

        Refuse(pointer, TemplateTokens.Check(content));
        var script = Script.Parse(content);
        if (script.HasErrors)
            Refuse(pointer, [.. script.Messages.Where(m => m.Type == ParserMessageType.Error)
                .Select(m => new TemplateError(m.Span.Start, m.Message)).Where(TemplateError.HasPosition)]);
        Refuse(pointer, TemplateCheck.Run(script.Page!));

        var compiled = new CompiledTemplate(script);
        compiled.Try(content, pointer, TemplateModel.Sample, "");
        compiled.Try(content, pointer, TemplateModel.Blank, " (for a recipient without any of the fields)");
        return compiled;
    }

    /// <summary>HTML for parse_mode HTML, at most 4,096 characters after entity parsing. Throws <see cref="TemplateRenderException"/>.</summary>
    public string Render(TemplateModel model)
    {
        var html = Evaluate(model, source: null);
        if (TelegramHtml.Measure(html, out var length) is { } error)
            throw new TemplateRenderException($"the message is not valid HTML: {error.In(html)}");
        if (length > TelegramHtml.MaxLength)
            throw new TemplateRenderException(TooLong(length));
        if (length == 0 || string.IsNullOrWhiteSpace(html))
            throw new TemplateRenderException("the message is empty");
        return html;
    }

    // An exception leaves a context in an unknown state: that one is not used again.
    private string Evaluate(TemplateModel model, SourceMap? source)
    {
        var context = idle.TryTake(out var used) ? used : new RenderContext();
        try
        {
            var html = context.Render(script, model, source);
            idle.Add(context);
            return html;
        }
        catch (ScriptRuntimeException e)
        {
            throw new TemplateRenderException(new TemplateError(e.Span.Start, e.OriginalMessage).ToString());
        }
    }

    private void Try(string content, string pointer, TemplateModel model, string who)
    {
        var source = new SourceMap();
        string html;
        try
        {
            html = Evaluate(model, source);
        }
        catch (TemplateRenderException e)
        {
            throw new InvalidException(pointer, e.Message + who);
        }

        if (TelegramHtml.Measure(html, out var length) is { } error)
            throw new InvalidException(pointer, new HtmlError(source.Locate(error.Offset), error.Message).In(content) + who);
        if (length > TelegramHtml.MaxLength)
            throw new InvalidException(pointer, TooLong(length) + who);
        // A message may well consist of attributes, and the sample recipient has none.
        if (model == TemplateModel.Sample && (length == 0 || string.IsNullOrWhiteSpace(html)) && !content.Contains("attributes", StringComparison.Ordinal))
            throw new InvalidException(pointer, "the message is empty for the sample recipient");
    }

    private static string TooLong(int length) =>
        $"the message has {length} characters after the tags are taken out; Telegram allows {TelegramHtml.MaxLength}";

    private static void Refuse(string pointer, IReadOnlyList<TemplateError> errors)
    {
        if (errors.Count > 0)
            throw new InvalidException(new Dictionary<string, string[]> { [pointer] = [.. errors.Take(MaxErrors).Select(e => e.ToString())] });
    }
}
