using System.Management.Automation;
using System.Security;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Takes a password as a string or as a SecureString.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PasswordAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            SecureString secret => secret,
            string text => Secure(text),
            // What came in is not repeated: it may be a secret in the wrong wrapping.
            _ => throw new ArgumentTransformationMetadataException("A password is a string or a SecureString (Read-Host -AsSecureString)."),
        };
    }

    private static SecureString Secure(string text)
    {
        var secret = new SecureString();
        foreach (var character in text) secret.AppendChar(character);
        secret.MakeReadOnly();
        return secret;
    }
}
