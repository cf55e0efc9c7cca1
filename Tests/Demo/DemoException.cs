namespace JustHungry.Demo;

/// <summary>The demo did not go as it should.</summary>
internal sealed class DemoException(string message) : Exception(message);
