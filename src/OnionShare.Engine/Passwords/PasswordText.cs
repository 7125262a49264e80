using System.Text;

namespace OnionShare.Engine.Passwords;

internal static class PasswordText
{
    /// <summary>The form passwords are compared in (RFC 7617 §2.1 by way of RFC 8265 §4.2: NFC).</summary>
    /// <exception cref="ArgumentException">The text is not well-formed Unicode.</exception>
    public static string Prepare(string text) => text.Normalize(NormalizationForm.FormC);

    /// <summary>The password as it is compared.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>.</exception>
    public static string Checked(string password)
    {
        var fault =
            string.IsNullOrWhiteSpace(password) ? "is empty"
            : password.Length > 256 ? "is longer than 256 characters"
            : password.Any(char.IsControl) ? "holds control characters"
            : null;
        try
        {
            if (fault is null) return Prepare(password);
        }
        catch (ArgumentException)
        {
            fault = "is not well-formed Unicode";
        }

        throw new ProblemException(
            ProblemCodes.InvalidRequest, $"The password {fault}.", "Choose another one, or leave it out: then a good one is made up.");
    }
}
