namespace JustHungry.Server.Replication;

/// <summary>The effect that a primary has on the postcode service. Answer: PostcodeAnswered, as an event.</summary>
internal interface IPostcodeLookUp
{
    void LookUp(ulong token, string postcode);
}
