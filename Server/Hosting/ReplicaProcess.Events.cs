using JustHungry.Protocol;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Hosting;

/// <summary>The core's requests and reports, and the disk's answers.</summary>
internal sealed partial class ReplicaProcess
{
    public void LookUpPostcode(ulong token, string postcode) =>
        Background.Run(_log, "looking a postcode up", LookUpPostcodeAsync(token, postcode));

    public void AskNameHolder(Registration holder)
    {
        if (_askingHolder is { IsCompleted: false })
            return; // the core asks again with each renewal

        _askingHolder = AskNameHolderAsync(holder);
        Background.Run(_log, "asking who holds the name", _askingHolder);
    }

    public ReadOnlyMemory<byte> OpenShop() => _custody.Open();

    public ReadOnlyMemory<byte>? ResetOwnerKey(KeyHash? shops) => _custody.Reset(shops);

    public void Registered() => DaemonHost.SayReady($"server {_options.Id}", _advertised);

    public void NameTaken(Registration holder) => End(new ReplicaEnd(ReplicaEndKind.NameTaken, holder.Endpoint));

    public void OwnerKnown(KeyHash? owner) =>
        Background.Run(_log, "looking at the owner's key", Task.Run(() => _custody.Settle(owner))); // reads and deletes files: not in the loop

    public void Adopted(View view, ReplicaRole role)
    {
        _metrics.ViewAdopted(role);
        Log.Adopted(_log, view.Epoch, role, view);
    }

    public void Leads(Epoch epoch, EntryIndex viewStarted) => Log.Leads(_log, epoch, viewStarted);

    public void SteppedDown(Epoch epoch, Epoch later)
    {
        Log.SteppedDown(_log, epoch, later);
        if (_isLeaving)
            _loop.Stop();
    }

    public void FollowerLevel(Member follower, EntryIndex match) => Log.FollowerLevel(_log, follower.Id, match);

    public void Stalled(Epoch epoch, StalledMember member)
    {
        if (member.Reason == StallReason.LostEntries)
            Log.LostEntries(_log, epoch, member.Member.Id);
        else
            Log.Stalled(_log, epoch, member.Member.Id, member.Reason);
    }

    public void ClockApart(Member follower, long aheadMs) =>
        Log.ClockApart(_log, Math.Abs(aheadMs) / 1_000, aheadMs > 0 ? "ahead of" : "behind", follower.Id);

    public void TransferBegun(Member spare, EntryPosition at) => Log.TransferBegun(_log, spare.Id, at);

    public void TransferEnded(Member spare, int chunks) => Log.TransferEnded(_log, spare.Id, chunks);

    public void InstallBegun(EntryPosition at) => Log.InstallBegun(_log, at);

    public void InstallEnded(EntryPosition at) => Log.InstallEnded(_log, at);

    public void ConflictingView(View adopted, View other) => Log.ConflictingView(_log, adopted, other);

    public void GroupHealthChanged(GroupHealth health)
    {
        if (health == GroupHealth.Healthy)
            Log.RegisterHealthy(_log);
        else
            Log.RegisterNotHealthy(_log, health);
    }

    public void NameServerReached() => Log.NameServerReached(_log);

    public void OtherRegisterMet(OtherRegister met) => Log.OtherRegisterMet(_log, met);

    public void NameServerLost() => Log.NameServerLost(_log);

    public void MustSetAside(View view, EntryPosition last) => Log.MustSetAside(_log, view.Epoch, last);

    public void Written() => _loop.Post((core, now) => core.Written(now));

    public void Checkpointed(EntryPosition at) => _loop.Post((core, now) => core.Checkpointed(now, at));

    public void Loaded(ShopState shop, EntryPosition at) => _loop.Post((core, now) => core.Loaded(now, shop, at));

    public void SnapshotOpened(TransferId transfer, EntryPosition at) => _loop.Post((core, _) => core.SnapshotOpened(transfer, at));

    public void SnapshotRead(TransferId transfer, ReadOnlyMemory<byte> rows, bool last) => _loop.Post((core, _) => core.SnapshotRead(transfer, rows, last));

    public void InstallStored(TransferId transfer, int nextChunk) => _loop.Post((core, _) => core.InstallStored(transfer, nextChunk));

    public void WasSetAside() => End(new ReplicaEnd(ReplicaEndKind.SetAside));

    public void Failed(Exception error) => End(new ReplicaEnd(ReplicaEndKind.DiskFailed, Failure: error));

    private async Task LookUpPostcodeAsync(ulong token, string postcode)
    {
        PostcodeVerdict verdict = PostcodeVerdict.Unavailable;
        try
        {
            verdict = await _postcodes.CheckAsync(postcode, _loop.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
        finally
        {
            _loop.Post((core, now) => core.PostcodeAnswered(now, token, verdict));
        }
    }

    private async Task AskNameHolderAsync(Registration holder)
    {
        if (await PredecessorCheck.IsHeldByLiveServerAsync(_options, holder, _loop.Stopping).ConfigureAwait(false))
            End(new ReplicaEnd(ReplicaEndKind.NameHeld, holder.Endpoint));
        else
            _loop.Post((core, now) => core.Replace(now, holder.Boot));
    }
}
