using Microsoft.AspNetCore.Components;

namespace OnionShare.Engine.Web;

/// <summary>
/// Makes the components of a page by their constructors. ASP.NET Core's own activator compiles an expression for each kind of component: that and the
/// compiler's library cost the first page more than all later ones would save.
/// </summary>
internal sealed class PlainActivator : IComponentActivator
{
    public IComponent CreateInstance(Type componentType) => (IComponent)Activator.CreateInstance(componentType)!;
}
