using JustHungry.Simulator.World;

namespace JustHungry.Simulator.SharedRegister;

/// <summary>Many schedules of a shared register, up to the first that violates.</summary>
/// <param name="Violation">The seed and what was wrong; null if nothing was.</param>
internal sealed record RegisterCampaign(int Schedules, int Views, string? Violation)
{
    public static RegisterCampaign Run(ulong first, int count)
    {
        int views = 0;
        for (int i = 0; i < count; i++)
        {
            ulong seed = first + (ulong)i;
            var schedule = new RegisterSchedule(seed);
            try
            {
                schedule.Run();
            }
            catch (ViolationException e)
            {
                return new RegisterCampaign(i + 1, views, $"seed {seed}: {e.Message}");
            }

            views += schedule.Views;
        }

        return new RegisterCampaign(count, views, null);
    }

    public override string ToString() => $"{Schedules} schedules of a shared register, {Views} views, {Violation ?? "0 violations"}";
}
