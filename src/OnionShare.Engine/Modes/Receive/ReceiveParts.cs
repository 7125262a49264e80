using OnionShare.Engine.Modes.Receive.Encryption;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>What the parts of a receive service share. <c>Recipients</c> are those to whom all that comes in is encrypted; null when it is not.</summary>
internal sealed record ReceiveParts(
    ServiceContext Service, Inbox Inbox, ReceiveQuota Quota, WriteBuffers Buffers, DiskFlush Disk, Recipients? Recipients)
{
    /// <summary>The settings as they are now: limits may change while the service runs.</summary>
    public ReceiveRequest Request => Quota.Settings;

    /// <summary>Whether what comes in could not be encrypted any more.</summary>
    public bool HasNoKey => Recipients?.HasExpired == true;

    /// <summary>Refuses what could not be encrypted any more, before anything of it is read.</summary>
    /// <exception cref="UploadRefusedException">A key has expired since the start.</exception>
    public void CheckKeys()
    {
        if (!HasNoKey) return;
        Recipients!.TellExpiry(Service.Warn);
        throw UploadRefusedException.NoKey();
    }

    /// <summary>Tells the owner what the disk did not take, and returns what the visitor is told.</summary>
    public UploadRefusedException Tell(StorageException failure)
    {
        Service.Warn($"A submission could not be saved: {RemoteText.Show(Inbox.Explain(failure))}");
        return failure.Refusal;
    }
}
