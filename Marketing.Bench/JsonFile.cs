namespace Marketing.Bench;

/// <summary>The file that --json names.</summary>
internal static class JsonFile
{
    /// <summary>Refused now rather than after an hour of measuring: it is opened as it will be then, and what is in it stays.</summary>
    /// <exception cref="ArgumentException">It cannot be written.</exception>
    public static string Checked(string file)
    {
        try
        {
            var isNew = !File.Exists(file);
            using (new FileStream(file, FileMode.Append))
            {
            }

            if (isNew)
                File.Delete(file);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"--json {file}: {e.Message}");
        }
    }
}
