-- The tables of a case of several assets, beside those of schema.sql, which are of the first asset and end where it is given for another one.
-- Assets are their numbers, the first 0. Each statement ends with a semicolon at the end of a line, and no comment does.

-- The ledger of the other assets. Accounts are holdings, and have the numbers that they have among those of all assets in one order: the
-- numbers left out are those of table accounts, in its order. Rows of all assets are in one order too, that of their row keys.
CREATE TABLE other_accounts (
    id INTEGER PRIMARY KEY, asset INTEGER NOT NULL, address TEXT NOT NULL, opening ANY NOT NULL, opening_basis TEXT NOT NULL,
    coverage TEXT NOT NULL, served ANY, served_height INTEGER, omits TEXT NOT NULL, UNIQUE (address, asset)
) STRICT;
CREATE TABLE other_transfers (
    row_key INTEGER PRIMARY KEY, asset INTEGER NOT NULL, height INTEGER, position INTEGER NOT NULL, time INTEGER, tx_hash TEXT,
    sender INTEGER REFERENCES other_accounts, recipient INTEGER REFERENCES other_accounts, amount ANY NOT NULL, fee ANY NOT NULL,
    kind TEXT NOT NULL, memo_kind TEXT, memo BLOB, basis TEXT NOT NULL, source TEXT NOT NULL, verified INTEGER NOT NULL,
    attributes TEXT NOT NULL
) STRICT;
CREATE INDEX other_transfers_by_sender ON other_transfers (sender);
CREATE INDEX other_transfers_by_recipient ON other_transfers (recipient);
CREATE TABLE other_events (
    id INTEGER PRIMARY KEY, height INTEGER NOT NULL, position INTEGER NOT NULL, time INTEGER NOT NULL, tx_hash TEXT,
    kind TEXT NOT NULL, subject TEXT NOT NULL, object TEXT, attributes TEXT NOT NULL
) STRICT;

-- What changes one asset into another; whether the trail goes on in what is received; and what is only named. Assets are their numbers,
-- amounts decimal text, rows their keys as JSON. Here stand the endpoints of every asset in both answers, followed and substituted, and each asset's reconciliation.
CREATE TABLE conversions (
    id INTEGER PRIMARY KEY, owner TEXT NOT NULL, tx_hash TEXT, kind TEXT NOT NULL, pool TEXT,
    given_asset TEXT NOT NULL, given_amount TEXT NOT NULL, given_rows TEXT NOT NULL, given_worth TEXT,
    received_asset TEXT NOT NULL, received_amount TEXT NOT NULL, received_rows TEXT NOT NULL, received_worth TEXT,
    before TEXT, doubts TEXT NOT NULL, said TEXT NOT NULL, pools TEXT NOT NULL, substituted INTEGER NOT NULL
) STRICT;
CREATE TABLE recognised (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, tx_hash TEXT, given TEXT NOT NULL, received TEXT NOT NULL,
    counterparty TEXT, said TEXT NOT NULL, far_address TEXT, far_id TEXT, far_chain TEXT
) STRICT;
CREATE TABLE answers (
    id INTEGER PRIMARY KEY, answer TEXT NOT NULL, asset INTEGER NOT NULL, address TEXT NOT NULL, reason TEXT NOT NULL, service TEXT, basis TEXT NOT NULL,
    amounts TEXT NOT NULL, by_theft TEXT NOT NULL
) STRICT;
CREATE TABLE reconciliation (
    answer TEXT NOT NULL, asset INTEGER NOT NULL, rule TEXT NOT NULL, theft INTEGER NOT NULL REFERENCES thefts,
    stolen TEXT NOT NULL, converted_in TEXT NOT NULL, ended TEXT NOT NULL, fees TEXT NOT NULL, converted_out TEXT NOT NULL,
    PRIMARY KEY (answer, asset, rule, theft)
) STRICT, WITHOUT ROWID;

-- The trace of the second answer, in which the trail goes on in what was got: the tables of schema.sql by these names, over the rows and
-- accounts of all assets, by their numbers among all. The first answer is the trace in schema.sql. What a pool itself held of stolen value
-- and paid in a conversion that is substituted is exchanged: it ends there.
CREATE TABLE substituted_stolen (
    rule TEXT NOT NULL, theft INTEGER NOT NULL REFERENCES thefts, amount ANY NOT NULL, PRIMARY KEY (rule, theft)
) STRICT, WITHOUT ROWID;
CREATE TABLE substituted_hops (
    rule TEXT NOT NULL, row_key INTEGER NOT NULL, fee INTEGER NOT NULL, theft INTEGER NOT NULL REFERENCES thefts,
    amount ANY NOT NULL, PRIMARY KEY (rule, row_key, fee, theft)
) STRICT, WITHOUT ROWID;
CREATE TABLE substituted_holdings (
    rule TEXT NOT NULL, account INTEGER NOT NULL, theft INTEGER NOT NULL REFERENCES thefts, amount ANY NOT NULL,
    PRIMARY KEY (rule, account, theft)
) STRICT, WITHOUT ROWID;
CREATE TABLE substituted_top_ups (
    rule TEXT NOT NULL, account INTEGER NOT NULL, amount ANY NOT NULL, PRIMARY KEY (rule, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE substituted_cuts (row_key INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
CREATE TABLE substituted_touched (account INTEGER PRIMARY KEY, row_key INTEGER NOT NULL) STRICT;
CREATE TABLE exchanged (
    rule TEXT NOT NULL, row_key INTEGER NOT NULL, theft INTEGER NOT NULL REFERENCES thefts, amount ANY NOT NULL,
    PRIMARY KEY (rule, row_key, theft)
) STRICT, WITHOUT ROWID;

-- Prices of one whole coin of the other assets, as decimal text.
CREATE TABLE other_prices (
    id INTEGER PRIMARY KEY, asset INTEGER NOT NULL, time INTEGER NOT NULL, price TEXT NOT NULL, currency TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
