using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Marketing.Local.Postgres;

/// <summary>The Postgres programs that npm's embedded-postgres brings, and how to run them as the current user.</summary>
internal sealed class PostgresBinaries
{
    // "nobody" on every Linux; Postgres refuses to run as root.
    private const string Unprivileged = "65534";

    private readonly string bin;

    private PostgresBinaries(string bin) => this.bin = bin;

    /// <summary>Looks in node_modules of the folder of this program and of each folder above it.</summary>
    public static PostgresBinaries Find()
    {
        var os = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var package = $"node_modules/@embedded-postgres/{os}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var bin = Path.Combine(folder.FullName, package, "native/bin");
            if (Directory.Exists(bin))
                return new PostgresBinaries(bin);
        }

        throw new InvalidOperationException(
            $"Postgres is not installed: {package} was not found. Run `npm ci` in the repository (./dev does it), "
            + "or set ConnectionStrings__Marketing to a database of your own.");
    }

    /// <summary>
    /// Runs a program to its end; its output is the message of the exception when it fails. Not cancellable: half a start
    /// would leave a server behind.
    /// </summary>
    public async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {await errors}{await output}");
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        if (RunsAsRoot)
        {
            // Another user, but still with root's right to read below a closed home folder. Without no_setuid_fixup,
            // access(2), which Postgres asks about its own program file, would not count that right.
            start.FileName = "setpriv";
            foreach (var argument in new[]
            {
                "--securebits", "+no_setuid_fixup", "--reuid", Unprivileged, "--regid", Unprivileged, "--clear-groups",
                "--inh-caps", "+dac_override", "--ambient-caps", "+dac_override", Path.Combine(bin, program),
            })
                start.ArgumentList.Add(argument);
        }
        else
        {
            start.FileName = Path.Combine(bin, program);
        }

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>Makes the folder, owned by the user that Postgres will run as.</summary>
    public static async Task MakeDataFolderAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!RunsAsRoot)
            return;
        using var chown = Process.Start("chown", ["-R", $"{Unprivileged}:{Unprivileged}", folder]);
        await chown.WaitForExitAsync();
        if (chown.ExitCode != 0)
            throw new InvalidOperationException($"chown of {folder} failed with exit code {chown.ExitCode}.");
    }

    private static bool RunsAsRoot => OperatingSystem.IsLinux() && Environment.UserName == "root";
}
