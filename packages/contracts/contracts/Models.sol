// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

/// @notice Who published which model, under which licence, for which share of what its nodes earn.
/// @dev First come, first served: nothing on chain can know who made a model. So a royalty starts only after
/// `disputePeriod`, and a curator (governance) may strike a false claim at any time.
contract Models is AccessControl {
    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev Not a CIDv1 of DAG-CBOR hashed by SHA-256, in its 36 bytes.
    error NotAModelCid(bytes cid);
    /// @dev Published already, or struck: a struck model cannot be claimed again but by the curator.
    error AlreadyPublished(bytes32 model);
    /// @dev The royalty is above the limit, or would rise.
    error RoyaltyTooHigh(uint16 basisPoints, uint16 limit);
    /// @dev The caller did not publish this model.
    error NotThePublisher(bytes32 model, address caller);

    event Published(
        bytes32 indexed model,
        address indexed publisher,
        bytes cid,
        string licence,
        uint16 royaltyBps
    );
    event RoyaltyLowered(bytes32 indexed model, uint16 royaltyBps);
    event PublisherChanged(bytes32 indexed model, address indexed publisher);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    bytes32 public constant CURATOR_ROLE = keccak256("CURATOR_ROLE");
    /// @dev 10 %.
    uint16 public constant MAXIMUM_ROYALTY_BPS = 1_000;
    /// @dev CIDv1, DAG-CBOR, SHA-256, 32 bytes (multiformats.io).
    bytes4 private constant CID_PREFIX = 0x01711220;

    struct Model {
        address publisher;
        uint16 royaltyBps;
        uint40 publishedAt;
    }

    /// @dev Seconds from publishing to the first royalty.
    uint256 public immutable disputePeriod;
    /// @dev By the digest in the manifest's CID.
    mapping(bytes32 model => Model) public models;

    constructor(uint256 disputePeriod_, address admin) {
        disputePeriod = disputePeriod_;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(CURATOR_ROLE, admin);
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Publishes a model as the caller's.
    /// @param cid the manifest's CID in binary, 36 bytes
    /// @param licence an SPDX identifier or a URL
    /// @return model the digest in the CID, by which vouchers name the model
    function publish(bytes calldata cid, string calldata licence, uint16 royaltyBps)
        external
        returns (bytes32 model)
    {
        if (cid.length != 36 || bytes4(cid[:4]) != CID_PREFIX) revert NotAModelCid(cid);
        if (royaltyBps > MAXIMUM_ROYALTY_BPS) {
            revert RoyaltyTooHigh(royaltyBps, MAXIMUM_ROYALTY_BPS);
        }
        model = bytes32(cid[4:]);
        if (models[model].publishedAt != 0) revert AlreadyPublished(model);
        models[model] = Model(msg.sender, royaltyBps, uint40(block.timestamp));
        emit Published(model, msg.sender, cid, licence, royaltyBps);
    }

    /// @notice Lowers the royalty. It never rises: nodes serve at a price that they set knowing it.
    function lowerRoyalty(bytes32 model, uint16 royaltyBps) external {
        Model storage m = _published(model);
        if (royaltyBps >= m.royaltyBps) revert RoyaltyTooHigh(royaltyBps, m.royaltyBps);
        m.royaltyBps = royaltyBps;
        emit RoyaltyLowered(model, royaltyBps);
    }

    /// @notice Makes `publisher` the one who is paid the royalty.
    function transfer(bytes32 model, address publisher) external {
        _published(model).publisher = publisher;
        emit PublisherChanged(model, publisher);
    }

    /// @notice The curator's word in a dispute: the model is `publisher`'s, or nobody's (zero).
    function decide(bytes32 model, address publisher) external onlyRole(CURATOR_ROLE) {
        models[model].publisher = publisher;
        emit PublisherChanged(model, publisher);
    }

    /// @return publisher who is paid; zero where nobody is
    /// @return basisPoints of what the model's nodes redeem, 0 to 1,000
    function royaltyOf(bytes32 model)
        external
        view
        returns (address publisher, uint16 basisPoints)
    {
        Model storage m = models[model];
        if (m.publisher == address(0) || block.timestamp < m.publishedAt + disputePeriod) {
            return (address(0), 0);
        }
        return (m.publisher, m.royaltyBps);
    }

    function _published(bytes32 model) private view returns (Model storage m) {
        m = models[model];
        if (m.publisher != msg.sender) revert NotThePublisher(model, msg.sender);
    }
}
