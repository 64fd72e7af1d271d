// SPDX-License-Identifier: CC0-1.0
// The contracts of the rehearsal. Each shows one way in which value moves, or seems to move.
pragma solidity ^0.8.20;

interface IToken {
    function balanceOf(address) external view returns (uint256);
    function transfer(address, uint256) external;
    function transferFrom(address, address, uint256) external;
}

/// Six decimals. The issuer can freeze a holder and destroy what it holds; neither that, nor Issue, Redeem or the first supply emits Transfer.
contract Dollar {
    string public constant name = "Rehearsal Dollar";
    string public constant symbol = "RUSD";
    uint8 public constant decimals = 6;
    address public owner;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    mapping(address => bool) public blacklisted;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Issue(uint256 amount);
    event Redeem(uint256 amount);
    event AddedBlackList(address user);
    event DestroyedBlackFunds(address user, uint256 balance);

    modifier onlyOwner() {
        require(msg.sender == owner, "owner");
        _;
    }

    constructor(uint256 supply) {
        owner = msg.sender;
        totalSupply = supply;
        balanceOf[msg.sender] = supply;
    }

    function move(address from, address to, uint256 value) internal {
        require(!blacklisted[from], "blacklisted");
        require(balanceOf[from] >= value, "balance");
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }

    function transfer(address to, uint256 value) external {
        move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        uint256 allowed = allowance[from][msg.sender];
        require(allowed >= value, "allowance");
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - value;
        move(from, to, value);
    }

    function approve(address spender, uint256 value) external {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
    }

    function issue(uint256 amount) external onlyOwner {
        balanceOf[owner] += amount;
        totalSupply += amount;
        emit Issue(amount);
    }

    function redeem(uint256 amount) external onlyOwner {
        balanceOf[owner] -= amount;
        totalSupply -= amount;
        emit Redeem(amount);
    }

    function addBlackList(address user) external onlyOwner {
        blacklisted[user] = true;
        emit AddedBlackList(user);
    }

    function destroyBlackFunds(address user) external onlyOwner {
        require(blacklisted[user], "not blacklisted");
        uint256 held = balanceOf[user];
        balanceOf[user] = 0;
        totalSupply -= held;
        emit DestroyedBlackFunds(user, held);
    }
}

/// Says Transfer, and moves nothing.
contract Fake {
    string public constant name = "Rehearsal Dollar";
    string public constant symbol = "RUSD";
    uint8 public constant decimals = 6;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function balanceOf(address) external pure returns (uint256) {
        return 0;
    }

    function shout(address from, address to, uint256 value) external {
        emit Transfer(from, to, value);
    }
}

/// Takes tokens or ether and passes them on; nothing stays.
contract Router {
    function forwardToken(IToken token, address to, uint256 value) external {
        token.transferFrom(msg.sender, address(this), value);
        token.transfer(to, value);
    }

    function forwardEther(address payable to) external payable {
        (bool ok, ) = to.call{value: msg.value}("");
        require(ok, "send");
    }
}

/// Pays many from one call.
contract FanOut {
    event Failed(address to, uint256 value);

    receive() external payable {}

    function spread(address payable[] calldata to, uint256[] calldata values) external payable {
        for (uint256 i = 0; i < to.length; i++) {
            (bool ok, ) = to[i].call{value: values[i]}("");
            require(ok, "send");
        }
    }

    function spreadToken(IToken token, address[] calldata to, uint256[] calldata values) external {
        for (uint256 i = 0; i < to.length; i++) token.transferFrom(msg.sender, to[i], values[i]);
    }

    /// Swallows failures; what is left goes back to the caller.
    function attempt(address payable[] calldata to, uint256[] calldata values) external payable {
        for (uint256 i = 0; i < to.length; i++) {
            (bool ok, ) = to[i].call{value: values[i]}("");
            if (!ok) emit Failed(to[i], values[i]);
        }
        (bool back, ) = payable(msg.sender).call{value: address(this).balance}("");
        require(back, "back");
    }

    /// Pays the first, and hands the rest to a nested call of itself.
    function cascade(address payable[] calldata to, uint256 share) external payable {
        uint256 first = to.length == 1 ? msg.value : (msg.value * share) / 100;
        (bool ok, ) = to[0].call{value: first}("");
        require(ok, "send");
        if (to.length > 1) this.cascade{value: msg.value - first}(to[1:], share);
    }

    /// Pays whoever proposes the block.
    function bribe() external payable {
        (bool ok, ) = block.coinbase.call{value: msg.value}("");
        require(ok, "send");
    }
}

/// Pays on, then reverts: the payment below did not happen although its frame shows no error.
contract Thorn {
    receive() external payable {
        revert("no thanks");
    }

    function pay(address payable to) external payable {
        (bool ok, ) = to.call{value: msg.value}("");
        require(ok, "send");
        revert("changed my mind");
    }

    function burnGas() external payable {
        while (true) {}
    }
}

contract Swallow {
    Thorn public immutable thorn;
    event Tried(bool ok);

    constructor(Thorn t) {
        thorn = t;
    }

    receive() external payable {}

    /// The transaction succeeds, its inner payment to `to` is reverted, the ether goes to `keep`.
    function tryPay(address payable to, address payable keep) external payable {
        (bool ok, ) = address(thorn).call{value: msg.value}(abi.encodeCall(Thorn.pay, (to)));
        emit Tried(ok);
        (bool kept, ) = keep.call{value: msg.value}("");
        require(kept, "keep");
    }

    /// Code of another contract run here, with a value that does not move.
    function callCode(address code) external payable {
        bool ok;
        uint256 value = msg.value;
        assembly {
            ok := callcode(gas(), code, value, 0, 0, 0, 0)
        }
        emit Tried(ok);
        (bool back, ) = payable(msg.sender).call{value: msg.value}("");
        require(back, "back");
    }
}

contract Nothing {
    fallback() external payable {}
}

/// A wallet whose code is elsewhere: the frame of the delegatecall shows the value a second time.
contract Wallet {
    address public code;
    address public owner;

    constructor(address c, address o) payable {
        code = c;
        owner = o;
    }

    fallback() external payable {
        address target = code;
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), target, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch ok
            case 0 {
                revert(0, returndatasize())
            }
            default {
                return(0, returndatasize())
            }
        }
    }
}

contract WalletCode {
    address public code;
    address public owner;
    event Received(address indexed from, uint256 value);

    fallback() external payable {
        emit Received(msg.sender, msg.value);
    }

    function send(address payable to, uint256 value) external payable {
        require(msg.sender == owner, "owner");
        (bool ok, ) = to.call{value: value}("");
        require(ok, "send");
    }
}

/// Ends itself.
contract Bomb {
    constructor() payable {}

    receive() external payable {}

    function end(address payable heir) external payable {
        selfdestruct(heir);
    }
}

contract Bomber {
    function make() external payable {
        new Bomb{value: msg.value}();
    }

    function makeAndEnd(address payable heir) external payable {
        new Bomb{value: msg.value}().end(heir);
    }

    /// In the transaction of its making, heir itself: the ether is burnt.
    function makeAndBurn() external payable {
        Bomb bomb = new Bomb{value: msg.value}();
        bomb.end(payable(address(bomb)));
    }

    /// Ended, then paid again in the same transaction: what comes after the end is burnt, and no frame says so.
    function makeEndAndPay(address payable heir, uint256 later) external payable {
        Bomb bomb = new Bomb{value: msg.value - later}();
        bomb.end(heir);
        (bool ok, ) = address(bomb).call{value: later}("");
        require(ok, "send");
    }
}

/// Its making reverts, and with it the ether given to it.
contract Stillborn {
    constructor() payable {
        revert("stillborn");
    }
}

/// Fixed amounts in, and out to whoever knows a secret.
contract Pool {
    uint256 public immutable denomination;
    mapping(bytes32 => bool) public notes;

    event Deposit(bytes32 indexed note);
    event Withdrawal(address to, uint256 fee);

    constructor(uint256 d) {
        denomination = d;
    }

    function deposit(bytes32 note) external payable {
        require(msg.value == denomination && !notes[note], "deposit");
        notes[note] = true;
        emit Deposit(note);
    }

    function withdraw(bytes32 secret, address payable to, address payable relayer, uint256 fee) external {
        bytes32 note = keccak256(abi.encode(secret));
        require(notes[note], "note");
        notes[note] = false;
        (bool ok, ) = to.call{value: denomination - fee}("");
        require(ok, "send");
        (ok, ) = relayer.call{value: fee}("");
        require(ok, "fee");
        emit Withdrawal(to, fee);
    }
}

/// An exchange's deposit contract, at an address that is known before it has code.
contract DepositBox {
    address payable immutable hot;

    constructor(address payable h) {
        hot = h;
    }

    receive() external payable {}

    function sweep(IToken token) external {
        if (address(token) == address(0)) {
            (bool ok, ) = hot.call{value: address(this).balance}("");
            require(ok, "send");
        } else {
            token.transfer(hot, token.balanceOf(address(this)));
        }
    }
}

contract BoxFactory {
    address payable public immutable hot;

    constructor(address payable h) {
        hot = h;
    }

    function openAndSweep(uint256 number, IToken token) external {
        new DepositBox{salt: bytes32(number)}(hot).sweep(token);
    }

    function sweepMany(address payable[] calldata boxes, IToken token) external {
        for (uint256 i = 0; i < boxes.length; i++) DepositBox(boxes[i]).sweep(token);
    }
}
