namespace JustHungry.Protocol.Access;

/// <summary>
/// What a frame asks of its receiver. Mostly one deed for each type of frame; where one type asks for things that are not everybody's, such
/// as proposals of different kinds, each is a deed of its own. PROTOCOL.md has a row for each deed of each receiver.
/// </summary>
public enum Deed
{
    /// <summary>A frame that asks nothing that anybody may ask.</summary>
    None = 0,

    Ping,

    // At the name server
    LookupFrontEnd,
    Lookup,
    ListFrontEnds,
    List,
    Count,
    GetView,
    GetHistory,
    RegisterOwn,
    Register,
    RemoveOwn,
    Remove,
    ProposeBootstrap,
    ProposePromote,
    ProposeJoin,
    ProposeAdmit,
    ProposeUnclean,
    ProposeRepair,

    // At a replica
    Status,

    /// <summary>Of a view whose primary is the sender.</summary>
    NewViewOfOwn,
    NewView,
    Sync,
    Execute,
    PropagateBackup,
    Append,
    TransferBegin,
    TransferRows,
    TransferEnd,

    // At a front end
    Request,
    FrontEndStatus,
}
