using System.Security.Cryptography;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Profiles;

/// <summary>
/// The profile's file. Anyone may read it at any time, since it is replaced and never changed in place. It is written only under the
/// lock, and what is written is based on what was read under the same lock. A file that can't be read is never overwritten: it may hold
/// the only copy of the key.
/// </summary>
internal sealed class ProfileFile(string path, TimeProvider time)
{
    /// <summary>How long to wait for another CLI's lock: an update usually takes milliseconds.</summary>
    public const int LockWaitMs = 3_000;

    private const int LockPollMs = 50;
    private const string DefaultName = "profile.json";

    /// <summary>Called when there was no profile and one was made.</summary>
    public Action? Made { get; init; }

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public static string DefaultPath => System.IO.Path.Combine(Home.Directory, DefaultName);

    /// <summary>Reads the profile, or makes one at first use.</summary>
    /// <exception cref="ProfileException">It can't be read, made or locked.</exception>
    public async Task<Profile> LoadAsync(CancellationToken cancel)
    {
        if (Read() is { } profile)
            return profile;

        using LockedProfile locked = await LockAsync(cancel);
        return locked.Current;
    }

    /// <summary>Waits a little for the lock, then reads the profile.</summary>
    /// <exception cref="ProfileException">Another CLI keeps the lock, or the file can't be read or made.</exception>
    public async Task<LockedProfile> LockAsync(CancellationToken cancel)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            if (TryLock() is { } locked)
                return locked;

            if (time.GetElapsedTime(started).TotalMilliseconds > LockWaitMs)
                throw new ProfileException($"{Path} is in use: another 'user' waits for an answer to an update. Try again when it is done, or use another --profile.") { IsLocked = true };
            await Task.Delay(TimeSpan.FromMilliseconds(LockPollMs), time, cancel);
        }
    }

    /// <summary>The locked profile, or null if another CLI has the lock.</summary>
    public LockedProfile? TryLock()
    {
        FileLock? held = null;
        try
        {
            DirectorySync.Make(System.IO.Path.GetDirectoryName(Path)!);
            held = FileLock.TryTake(Path + ".lock");
            if (held is null)
                return null;
            Profile? profile = Read();
            if (profile is null)
            {
                Save(profile = MakeNew());
                Made?.Invoke();
            }

            return new LockedProfile(this, held, profile);
        }
        catch (Exception e)
        {
            held?.Dispose();
            throw e is IOException or UnauthorizedAccessException
                ? new ProfileException($"The profile {Path} can't be written: {e.Message} Name a file of your own with --profile.", e)
                : e;
        }
    }

    internal void Save(Profile profile)
    {
        try
        {
            DurableFile.Replace(Path, ProfileJson.Write(profile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProfileException($"The profile {Path} can't be written: {e.Message}", e);
        }
    }

    internal bool MayHold(Profile profile)
    {
        try
        {
            return File.ReadAllBytes(Path).AsSpan().SequenceEqual(ProfileJson.Write(profile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static Profile MakeNew() => Profile.New(new UserId(FreshIds.Next()), UserKey.FromBytes(RandomNumberGenerator.GetBytes(UserKey.Bytes)));

    private Profile? Read()
    {
        try
        {
            return ProfileJson.Read(File.ReadAllBytes(Path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (FormatException e)
        {
            throw new ProfileException(
                $"The profile {Path} is damaged and was left as it is: {e.Message.TrimEnd('.')}. Restore a copy of it, or move it away to begin as a new user.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProfileException($"The profile {Path} can't be read: {e.Message}", e);
        }
    }
}

/// <summary>The profile while only this process may change it, which is until Dispose.</summary>
internal sealed class LockedProfile(ProfileFile file, FileLock held, Profile current) : IDisposable
{
    public Profile Current { get; private set; } = current;

    /// <summary>Writes the profile; on return it is on the disk.</summary>
    public void Save(Profile profile)
    {
        file.Save(profile);
        Current = profile;
    }

    /// <summary>After a failed save: whether the file holds this profile all the same, or can't be read to find out.</summary>
    public bool MayHold(Profile profile) => file.MayHold(profile);

    public void Dispose() => held.Dispose();
}
