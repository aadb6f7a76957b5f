namespace Marketing.Local.CoreTools;

/// <summary>What ./dev func needs and ./dev run does not.</summary>
public static class Prerequisites
{
    /// <summary>One line that names what is missing and how to get it; null when nothing is.</summary>
    public static string? Missing()
    {
        if (Func() is null)
            return "func (Azure Functions Core Tools 4) is not on the PATH: npm install -g azure-functions-core-tools@4";
        if (FunctionsFolder() is null)
            return "the Functions project is built from stand-ins, which no Functions host can run: restore the real packages, delete the file .standins and build again";
        return Azurite() is null ? "Azurite is not installed: npm ci" : null;
    }

    internal static string? Func() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "func.exe" : "func"))
        .FirstOrDefault(File.Exists);

    internal static string? Azurite() => Above("node_modules/azurite/dist/src/azurite.js", File.Exists);

    /// <summary>The app's build of the same configuration as this program's. Only the real SDK writes worker.config.json beside it.</summary>
    internal static string? FunctionsFolder()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Above($"Functions/bin/{framework.Parent!.Name}/{framework.Name}", folder => File.Exists(Path.Combine(folder, "worker.config.json")));
    }

    private static string? Above(string path, Func<string, bool> isGood)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, path);
            if (isGood(candidate))
                return candidate;
        }

        return null;
    }
}
