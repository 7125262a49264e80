namespace OnionShare.Contracts;

public enum ServiceMode
{
    /// <summary>Offers files for download.</summary>
    Share,

    /// <summary>Takes files and messages in.</summary>
    Receive,

    /// <summary>Serves static files as a website.</summary>
    Website,

    /// <summary>Runs a chat room.</summary>
    Chat,
}
