namespace Scriban.Parsing
{
    /// <summary>All counted from 0.</summary>
    public readonly record struct TextPosition(int Offset, int Line, int Column);

    public readonly record struct SourceSpan(TextPosition Start, TextPosition End);

    public enum ParserMessageType { Error, Warning }

    public record LogMessage(ParserMessageType Type, SourceSpan Span, string Message);

    /// <summary>Ends a parse at its first error; the real package goes on and may report more.</summary>
    internal sealed class SyntaxException(TextPosition at, string message) : Exception(message)
    {
        public LogMessage ToLogMessage() => new(ParserMessageType.Error, new SourceSpan(at, at), Message);
    }
}

namespace Scriban.Syntax
{
    public class ScriptRuntimeException(Parsing.SourceSpan span, string message) : Exception(message)
    {
        public Parsing.SourceSpan Span { get; } = span;
        public string OriginalMessage => Message;
    }
}

namespace Scriban
{
    internal static class StandIn
    {
        /// <summary>What is said wherever the real package can do more.</summary>
        public static string Lacks(string what) => $"{what} needs the package Scriban; this build has a small stand-in for it";
    }
}
