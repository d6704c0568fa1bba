// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @notice Operators (the keys of tabs), the wallets that own them, what they do and what they have at stake.
/// @dev An owner stakes for its operators, is paid their earnings, and answers for them: stake can be slashed,
/// also while it unbonds.
contract Registry is AccessControl, EIP712, Nonces {
    using SafeERC20 for IERC20;

    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev The operator belongs to somebody already.
    error AlreadyRegistered(address operator);
    /// @dev The caller does not own the operator.
    error NotTheOwner(address operator, address caller);
    /// @dev The operator did not sign this registration, or it is past its deadline.
    error NoConsent(address operator);
    /// @dev More was asked for than is staked or unbonding.
    error NotEnoughStake(uint256 available, uint256 needed);
    /// @dev Unbonding ends at `availableAt`, in seconds since 1970.
    error StillUnbonding(uint256 availableAt);
    /// @dev The operator still has stake or unbonding stake.
    error StillStaked(address operator);

    event Registered(address indexed operator, address indexed owner, uint8 roles);
    event RolesChanged(address indexed operator, uint8 roles);
    event Staked(address indexed operator, uint96 amount);
    event UnbondingStarted(address indexed operator, uint96 amount, uint256 availableAt);
    event Unbonded(address indexed operator, address indexed to, uint96 amount);
    event Slashed(address indexed operator, address indexed to, uint96 amount);
    event Deregistered(address indexed operator);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    /// @dev May take stake: the contract of verdicts, never a person's key.
    bytes32 public constant SLASHER_ROLE = keccak256("SLASHER_ROLE");

    bytes32 private constant REGISTRATION_TYPEHASH = keccak256(
        "Registration(address operator,address owner,uint8 roles,uint256 nonce,uint256 deadline)"
    );

    /// @dev Amounts in wei of the token. `roles` is a bit set: 1 compute, 2 verify, 4 data, 8 storage.
    struct Operator {
        address owner;
        uint96 stake;
        uint96 unbonding;
        uint40 availableAt;
        uint8 roles;
    }

    IERC20 public immutable token;
    /// @dev Seconds that stake can still be slashed after its owner asked for it back.
    uint256 public immutable unbondingDelay;
    mapping(address operator => Operator) public operators;

    constructor(IERC20 token_, uint256 unbondingDelay_, address admin, address slasher)
        EIP712("Weft Registry", "1")
    {
        token = token_;
        unbondingDelay = unbondingDelay_;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(SLASHER_ROLE, slasher);
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Makes the caller the owner of `operator`, which must have signed that it agrees: an owner may
    /// take its operators' earnings.
    function register(
        address operator,
        uint8 roles,
        uint96 stake_,
        uint256 deadline,
        bytes calldata signature
    ) external {
        Operator storage o = operators[operator];
        if (o.owner != address(0)) revert AlreadyRegistered(operator);
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    REGISTRATION_TYPEHASH,
                    operator,
                    msg.sender,
                    roles,
                    _useNonce(operator),
                    deadline
                )
            )
        );
        if (block.timestamp > deadline || ECDSA.recoverCalldata(digest, signature) != operator) {
            revert NoConsent(operator);
        }
        o.owner = msg.sender;
        o.roles = roles;
        emit Registered(operator, msg.sender, roles);
        if (stake_ > 0) stake(operator, stake_);
    }

    function setRoles(address operator, uint8 roles) external {
        _owned(operator).roles = roles;
        emit RolesChanged(operator, roles);
    }

    /// @notice Adds `amount` (in wei of the token) from the caller to what `operator` has at stake.
    function stake(address operator, uint96 amount) public {
        if (operators[operator].owner == address(0)) revert NotTheOwner(operator, msg.sender);
        operators[operator].stake += amount;
        emit Staked(operator, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice Starts to unbond `amount`; what was unbonding already waits anew with it.
    function unbond(address operator, uint96 amount) external {
        Operator storage o = _owned(operator);
        if (amount > o.stake) revert NotEnoughStake(o.stake, amount);
        o.stake -= amount;
        o.unbonding += amount;
        o.availableAt = uint40(block.timestamp + unbondingDelay);
        emit UnbondingStarted(operator, amount, o.availableAt);
    }

    /// @notice Sends what has unbonded to `to`.
    function withdraw(address operator, address to) external returns (uint96 amount) {
        Operator storage o = _owned(operator);
        if (block.timestamp < o.availableAt) revert StillUnbonding(o.availableAt);
        amount = o.unbonding;
        o.unbonding = 0;
        emit Unbonded(operator, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @notice Gives an operator without stake free.
    function deregister(address operator) external {
        Operator storage o = _owned(operator);
        if (o.stake > 0 || o.unbonding > 0) revert StillStaked(operator);
        delete operators[operator];
        emit Deregistered(operator);
    }

    /// @notice Takes up to `amount` of the operator's stake, unbonding stake last, and sends it to `to`.
    /// @return taken what there was to take
    function slash(address operator, uint96 amount, address to)
        external
        onlyRole(SLASHER_ROLE)
        returns (uint96 taken)
    {
        Operator storage o = operators[operator];
        uint96 fromStake = amount < o.stake ? amount : o.stake;
        uint96 rest = amount - fromStake;
        uint96 fromUnbonding = rest < o.unbonding ? rest : o.unbonding;
        o.stake -= fromStake;
        o.unbonding -= fromUnbonding;
        taken = fromStake + fromUnbonding;
        emit Slashed(operator, to, taken);
        token.safeTransfer(to, taken);
    }

    /// @return the wallet behind an operator; zero for a key that is not registered
    function ownerOf(address operator) external view returns (address) {
        return operators[operator].owner;
    }

    /// @return whether the operator has all of `roles` and at least `minimumStake` that is not unbonding
    function isActive(address operator, uint8 roles, uint96 minimumStake)
        external
        view
        returns (bool)
    {
        Operator storage o = operators[operator];
        return o.owner != address(0) && (o.roles & roles) == roles && o.stake >= minimumStake;
    }

    function _owned(address operator) private view returns (Operator storage o) {
        o = operators[operator];
        if (o.owner != msg.sender) revert NotTheOwner(operator, msg.sender);
    }
}
