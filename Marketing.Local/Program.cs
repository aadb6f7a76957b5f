using Marketing.Core;
using Marketing.Local;
using Npgsql;

try
{
    using var stop = new StopSignal();
    await Commands.RunAsync(args, stop.Token);
    return 0;
}
catch (Exception e) when (e is SettingException or ArgumentException or InvalidOperationException or IOException or TimeoutException or NpgsqlException)
{
    // What a person can mend is one line; anything else is a defect and keeps its stack.
    Console.Error.WriteLine($"marketing: {e.Message}");
    return 1;
}
