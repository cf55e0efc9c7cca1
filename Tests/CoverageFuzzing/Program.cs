using JustHungry.CoverageFuzzing;
using SharpFuzz;

// --seeds DIR writes what AFL++ begins with; --replay FILE… reads inputs once, to see what one of them does; without arguments, AFL++ runs this.
switch (args)
{
    case ["--seeds", string directory]:
        Seeds.WriteTo(directory);
        break;
    case ["--replay", .. string[] files]:
        foreach (string file in files)
            Decoders.Read(File.ReadAllBytes(file));
        break;
    default:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            Decoders.Read(input.ToArray());
        });
        break;
}
