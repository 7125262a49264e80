using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace OnionShare.Cmdlets.Scheduling;

/// <summary>XML documents as text. Values go in as values: nothing is put together from strings.</summary>
internal static class XmlText
{
    /// <summary>The document with its declaration, indented.</summary>
    /// <exception cref="ProblemException">A value holds a character XML can't.</exception>
    public static string Of(XDocument document, Encoding encoding, string scheduler)
    {
        foreach (var text in document.DescendantNodes().OfType<XText>())
        {
            // A bare CR would be read back as LF.
            if (text.Value.Any(c => c == '\r' || (!XmlConvert.IsXmlChar(c) && !char.IsSurrogate(c))))
                throw SchedulerProblem.NotWritable(text.Value, scheduler, "it holds a character that XML can't");
        }

        using var writer = new EncodedWriter(encoding);
        document.Save(writer);
        return writer + "\n";
    }

    // A StringWriter says it is UTF-16, and the declaration would say so.
    private sealed class EncodedWriter(Encoding encoding) : StringWriter
    {
        public override Encoding Encoding => encoding;
    }
}
