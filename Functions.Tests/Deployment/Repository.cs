namespace Marketing.Functions.Tests.Deployment;

/// <summary>The files beside the code that these tests keep in step with it.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    public static IEnumerable<string> Sources(string project) =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories)
        where !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")
        select File.ReadAllText(file);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Marketing.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"Marketing.sln is in no folder above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
