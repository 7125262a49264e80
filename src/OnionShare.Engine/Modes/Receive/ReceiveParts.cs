using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>What the parts of a receive service share.</summary>
internal sealed record ReceiveParts(ReceiveRequest Request, ServiceContext Service, Inbox Inbox, Intake Intake, WriteBuffers Buffers, DiskFlush Disk)
{
    /// <summary>Tells the owner what the disk did not take, and returns what the visitor is told.</summary>
    public UploadRefusedException Tell(StorageException failure)
    {
        Service.Warn($"A submission could not be saved: {RemoteText.Show(Inbox.Explain(failure))}");
        return failure.Refusal;
    }
}
