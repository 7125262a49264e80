using System.Security;

namespace OnionShare.Cmdlets.Completion;

[AttributeUsage(AttributeTargets.Property)]
public sealed class PasswordAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Input.Bare(inputData) switch
    {
        SecureString secret => secret,
        string text => Secret.Secure(text),
        // What came in is not repeated: it may be a secret in the wrong wrapping.
        _ => throw new ArgumentTransformationMetadataException("A password is a string or a SecureString (Read-Host -AsSecureString)."),
    };
}
