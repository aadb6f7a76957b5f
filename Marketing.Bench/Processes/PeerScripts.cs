using System.Diagnostics;

namespace Marketing.Bench.Processes;

/// <summary>The scripts under peers/ and their packages.</summary>
internal static class PeerScripts
{
    private const string Folder = "Marketing.Bench/peers";

    /// <summary>Installs the packages unless they are there; the scripts' folder.</summary>
    /// <exception cref="InvalidOperationException">npm failed; the message says why.</exception>
    public static async Task<string> InstallAsync(Report report, CancellationToken ct)
    {
        var folder = Find();
        var installed = new FileInfo(Path.Combine(folder, "node_modules/.package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
            return folder;
        report.Note($"installing the peers' packages (npm ci) ...");
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("npm did not start");
        var (output, errors) = (npm.StandardOutput.ReadToEndAsync(ct), npm.StandardError.ReadToEndAsync(ct));
        await npm.WaitForExitAsync(ct);
        return npm.ExitCode == 0
            ? folder : throw new InvalidOperationException($"npm ci in {Folder} failed: {await errors}{await output}");
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var scripts = Path.Combine(folder.FullName, Folder);
            if (Directory.Exists(scripts))
                return scripts;
        }

        throw new InvalidOperationException($"{Folder} was not found above {AppContext.BaseDirectory}");
    }
}
