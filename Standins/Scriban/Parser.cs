using Scriban.Syntax;

namespace Scriban.Parsing;

/// <summary>Recursive descent: statements here, expressions in the other part.</summary>
internal sealed partial class Parser(string text)
{
    // Far from the end of the stack; the real package has a limit too.
    private const int MaxDepth = 250;

    // What the real package knows and this one does not.
    private static readonly HashSet<string> Lacking =
        ["while", "case", "when", "tablerow", "with", "import", "readonly", "func", "ret", "capture", "wrap", "break", "continue",
        "[", "{", "@", "$", "^", "`"];

    private readonly List<Token> tokens = [.. new Lexer(text)];
    private int position;
    private int depth;

    private Token Current => tokens[position];
    private string CurrentText => Current.GetText(text);
    private SourceSpan Here => new(Current.Start, Current.End);

    public ScriptPage Run()
    {
        var page = new ScriptPage { Span = Here, Body = Block() };
        if (Is("end"))
            throw new SyntaxException(Current.End, "Found <end> without an if or a for that it closes");
        return Current.Type == TokenType.Eof ? page : throw Unexpected();
    }

    private bool Is(string word) => Current.Type is TokenType.Operator or TokenType.Identifier && CurrentText == word;

    private Token Next() => tokens[position++];

    private SyntaxException Unexpected(string expected = "")
    {
        var found = CurrentText.Trim();
        found = found.Length > 20 ? found[..20] : found;
        var message = Lacking.Contains(found) ? StandIn.Lacks(found) : $"Unexpected token {found}{expected}";
        return new SyntaxException(Current.Start, message);
    }

    private void Expect(string word)
    {
        if (!Is(word))
            throw Unexpected($"; expecting {word}");
        Next();
    }

    private void Enter()
    {
        if (++depth > MaxDepth)
            throw new SyntaxException(Current.Start, $"nested more than {MaxDepth} deep");
    }

    // Up to what ends it, which is left to the caller.
    private ScriptBlockStatement Block()
    {
        Enter();
        var block = new ScriptBlockStatement { Span = Here };
        while (Current.Type != TokenType.Eof && !Is("end") && !Is("else"))
        {
            if (Current.Type is TokenType.CodeEnter or TokenType.CodeExit or TokenType.NewLine or TokenType.SemiColon)
                Next();
            else
                block.Statements.Add(Statement());
        }

        depth--;
        return block;
    }

    private ScriptStatement Statement()
    {
        if (Current.Type == TokenType.Raw)
            return new ScriptRawStatement { Span = Here, Text = new(text, Current.Start.Offset, Next().GetText(text).Length) };
        if (Is("if"))
            return If();
        if (Is("for") && tokens[position + 1].GetText(text) != ".")
            return For();
        if (Lacking.Contains(CurrentText))
            throw Unexpected();

        var statement = new ScriptExpressionStatement { Span = Here, Expression = Expression(mayAssign: true) };
        EndOfStatement();
        return statement;
    }

    private ScriptIfStatement If()
    {
        var statement = new ScriptIfStatement { Span = Here };
        Next();
        statement.Condition = Expression();
        EndOfStatement();
        statement.Then = Block();
        statement.Else = Rest(mayChain: true);
        return statement;
    }

    private ScriptForStatement For()
    {
        var statement = new ScriptForStatement { Span = Here };
        Next();
        statement.Variable = Operand();
        if (!Is("in"))
            throw new SyntaxException(statement.Span.Start, "Expecting for <variable> in <list>");
        Next();
        statement.Iterator = Binary(0, calls: false);
        while (Current.Type == TokenType.Identifier)
        {
            var argument = new ScriptNamedArgument { Span = Here, Name = Variable() };
            if (Is(":"))
            {
                Next();
                argument.Value = Operand();
            }

            statement.NamedArguments.Add(argument);
        }

        EndOfStatement();
        statement.Body = Block();
        statement.Else = (ScriptElseStatement?)Rest(mayChain: false);
        return statement;
    }

    // The else, if there is one, and the end; an else if brings its own.
    private ScriptConditionStatement? Rest(bool mayChain)
    {
        ScriptElseStatement? other = null;
        if (Is("else"))
        {
            other = new ScriptElseStatement { Span = Here };
            Next();
            if (mayChain && Is("if"))
                return If();
            EndOfStatement();
            other.Body = Block();
        }

        if (Current.Type == TokenType.Eof)
            throw new SyntaxException(tokens[position - 1].Start, "The <end> statement was not found");
        Expect("end");
        EndOfStatement();
        return other;
    }

    private void EndOfStatement()
    {
        if (Current.Type is TokenType.NewLine or TokenType.SemiColon)
            Next();
        else if (Current.Type is not (TokenType.CodeExit or TokenType.Eof))
            throw Unexpected();
    }
}
