-- case.db: the record of a case. Amounts are integers of the smallest unit; of an asset whose amounts pass 64 bits
-- they are decimal text, which is why their columns are ANY. Times are UNIX seconds, NULL where no source states one; `row_key` is height << 20 | position.
--
-- The tables with most rows, transfers, hops, holdings and measures, are views. Their rows stand in kept_transfers and so on, in which a
-- number takes the place of what many rows have in common, and bytes that of a hash: that is a third less on disk.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, opening ANY NOT NULL, opening_basis TEXT NOT NULL,
    coverage TEXT NOT NULL, served ANY, served_height INTEGER, omits TEXT NOT NULL
) STRICT;

CREATE TABLE forms (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, memo_kind TEXT, basis TEXT NOT NULL, source TEXT NOT NULL, verified INTEGER NOT NULL,
    hash_prefix TEXT NOT NULL
) STRICT;
CREATE TABLE kept_transfers (
    row_key INTEGER PRIMARY KEY, height INTEGER, position INTEGER NOT NULL, time INTEGER, tx_hash ANY,
    sender INTEGER REFERENCES accounts, recipient INTEGER REFERENCES accounts, amount ANY NOT NULL, fee ANY NOT NULL,
    form INTEGER NOT NULL REFERENCES forms, memo BLOB, attributes TEXT NOT NULL
) STRICT;
CREATE INDEX transfers_by_sender ON kept_transfers (sender);
CREATE INDEX transfers_by_recipient ON kept_transfers (recipient);
CREATE VIEW transfers AS
    SELECT row_key, height, position, time, iif(typeof(tx_hash) = 'blob', hash_prefix || lower(hex(tx_hash)), tx_hash) AS tx_hash,
        sender, recipient, amount, fee, kind, memo_kind, memo, basis, source, verified, attributes
    FROM kept_transfers LEFT JOIN forms ON forms.id = form;

CREATE TABLE events (
    id INTEGER PRIMARY KEY, height INTEGER NOT NULL, position INTEGER NOT NULL, time INTEGER NOT NULL, tx_hash TEXT,
    kind TEXT NOT NULL, subject TEXT NOT NULL, object TEXT, attributes TEXT NOT NULL
) STRICT;

CREATE TABLE rejections (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, place TEXT NOT NULL, reason TEXT NOT NULL, record TEXT NOT NULL
) STRICT;

CREATE TABLE labels (
    id INTEGER PRIMARY KEY, address TEXT NOT NULL, label TEXT NOT NULL, category TEXT, concepts TEXT NOT NULL,
    source TEXT NOT NULL, confidence TEXT NOT NULL, level INTEGER NOT NULL, lastmod TEXT, actor TEXT, pack TEXT NOT NULL,
    context TEXT, abuse TEXT, tag_type TEXT, network TEXT
) STRICT;
CREATE INDEX labels_by_address ON labels (address);

-- The number counts from 0, here and in the tables below; whatever people are shown counts thefts from 1.
CREATE TABLE thefts (
    number INTEGER PRIMARY KEY, label TEXT NOT NULL, row_key INTEGER NOT NULL REFERENCES kept_transfers
) STRICT;

-- What each rule says: what a theft made stolen, the hops and fees that carried it (fee = 1), what is held at the end. In kept_hops the
-- hops of a row of the ledger, and its fees, are JSON: the amount of each theft by its number, in ascending order.
CREATE TABLE stolen (
    rule TEXT NOT NULL, theft INTEGER NOT NULL REFERENCES thefts, amount ANY NOT NULL, PRIMARY KEY (rule, theft)
) STRICT, WITHOUT ROWID;
CREATE TABLE rules (id INTEGER PRIMARY KEY, rule TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE kept_hops (
    rule INTEGER NOT NULL REFERENCES rules, row_key INTEGER NOT NULL REFERENCES kept_transfers, parts TEXT, fee_parts TEXT,
    PRIMARY KEY (rule, row_key)
) STRICT, WITHOUT ROWID;
CREATE VIEW hops AS
    SELECT rules.rule, row_key, fee, CAST(part.key AS INTEGER) AS theft, part.value AS amount
    FROM rules CROSS JOIN kept_hops ON kept_hops.rule = rules.id CROSS JOIN (SELECT 0 AS fee UNION ALL SELECT 1)
        CROSS JOIN json_each(iif(fee, fee_parts, parts)) AS part;
CREATE TABLE kept_holdings (
    rule INTEGER NOT NULL REFERENCES rules, account INTEGER NOT NULL REFERENCES accounts, theft INTEGER NOT NULL REFERENCES thefts,
    amount ANY NOT NULL, PRIMARY KEY (rule, account, theft)
) STRICT, WITHOUT ROWID;
CREATE VIEW holdings AS SELECT rules.rule, account, theft, amount FROM rules CROSS JOIN kept_holdings ON kept_holdings.rule = rules.id;
CREATE TABLE top_ups (
    rule TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts, amount ANY NOT NULL, PRIMARY KEY (rule, account)
) STRICT, WITHOUT ROWID;

-- The same for every rule: where the trail stops and why, and what money could have reached.
CREATE TABLE cuts (row_key INTEGER PRIMARY KEY REFERENCES kept_transfers, reason TEXT NOT NULL) STRICT;
CREATE TABLE touched (account INTEGER PRIMARY KEY REFERENCES accounts, row_key INTEGER NOT NULL REFERENCES kept_transfers) STRICT;
CREATE TABLE services (address TEXT PRIMARY KEY, service TEXT NOT NULL) STRICT;
CREATE TABLE endpoints (
    id INTEGER PRIMARY KEY, address TEXT NOT NULL, reason TEXT NOT NULL, service TEXT, basis TEXT NOT NULL,
    amounts TEXT NOT NULL, by_theft TEXT NOT NULL
) STRICT;

-- The least and the most under any rule, of an endpoint, a service, a customer (address and memo), a union (its names, JSON) or of one
-- theft at a service; and the same whatever the order of rows inside a block. Empty until tracer bounds ran, and so is their proof: for
-- each figure a cut, as the accounts on one side of it (`until` is the first row that is not; NULL is the end), and an allocation that
-- reaches it, by the name of a rule or of what stands in allocations.
CREATE TABLE bounds (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, address TEXT, reason TEXT, service TEXT, memo TEXT, memo_kind TEXT, theft INTEGER,
    names TEXT NOT NULL, least ANY NOT NULL, most ANY NOT NULL, least_any_order ANY, most_any_order ANY
) STRICT;
CREATE TABLE proofs (
    bound INTEGER NOT NULL REFERENCES bounds, figure TEXT NOT NULL, listed TEXT NOT NULL, allocation TEXT, PRIMARY KEY (bound, figure)
) STRICT;
CREATE TABLE cut_sides (
    bound INTEGER NOT NULL, figure TEXT NOT NULL, number INTEGER NOT NULL, account INTEGER NOT NULL REFERENCES accounts,
    first INTEGER NOT NULL, until INTEGER, PRIMARY KEY (bound, figure, number), FOREIGN KEY (bound, figure) REFERENCES proofs
) STRICT;
CREATE TABLE allocations (
    allocation TEXT NOT NULL, row_key INTEGER NOT NULL REFERENCES kept_transfers, amount ANY NOT NULL, fee ANY NOT NULL,
    PRIMARY KEY (allocation, row_key)
) STRICT;

-- What stands beside the trace: spans in which an address held a marker mosaic (heights; a span that is open has no last),
-- graded evidence off the chain, published claims (smallest units, unknown is NULL), prices of one whole coin as decimal text,
-- what services say they did with deposits (whole coins as decimal text, of any asset).
CREATE TABLE markings (
    id INTEGER PRIMARY KEY, marker TEXT NOT NULL, address TEXT NOT NULL, marked_by TEXT NOT NULL, tx_hash TEXT,
    first INTEGER NOT NULL, first_time INTEGER NOT NULL, last INTEGER, last_time INTEGER, ended TEXT
) STRICT;
CREATE INDEX markings_by_address ON markings (address);
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, time INTEGER NOT NULL, source TEXT NOT NULL,
    grade TEXT NOT NULL, status TEXT NOT NULL, subject TEXT NOT NULL, third_party INTEGER NOT NULL
) STRICT;
CREATE TABLE claims (
    id INTEGER PRIMARY KEY, sender TEXT NOT NULL, recipient TEXT NOT NULL, least ANY, most ANY, since INTEGER, until INTEGER,
    says TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE TABLE prices (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, price TEXT NOT NULL, currency TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE TABLE statements (
    id INTEGER PRIMARY KEY, deposit TEXT NOT NULL, withdrawal TEXT NOT NULL, paid_to TEXT NOT NULL, amount TEXT, asset TEXT NOT NULL,
    network TEXT NOT NULL, time INTEGER, says TEXT NOT NULL, source TEXT NOT NULL, grade TEXT NOT NULL
) STRICT;

-- How many accounts that no disputed money can have reached have the shape of a tag too: `tagged` of `looked_at`, drawn of `unrelated`.
CREATE TABLE base_rates (
    tag TEXT NOT NULL, preset TEXT NOT NULL, tagged INTEGER NOT NULL, looked_at INTEGER NOT NULL, unrelated INTEGER NOT NULL,
    PRIMARY KEY (tag, preset)
) STRICT, WITHOUT ROWID;

-- What addresses and hops do, according to heuristics. `row_key` is set for a tag of one hop; `presets` that fire, `rows` (row
-- keys), `value` and `threshold` are JSON: whole numbers of any size, text or null. A measure that is `against` is a look-alike
-- that was checked.
CREATE TABLE tags (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts,
    row_key INTEGER REFERENCES kept_transfers, status TEXT NOT NULL, presets TEXT NOT NULL, rows TEXT NOT NULL
) STRICT;
CREATE INDEX tags_by_account ON tags (account);
CREATE TABLE measure_kinds (
    id INTEGER PRIMARY KEY, against INTEGER NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL, threshold TEXT NOT NULL,
    holds INTEGER NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE kept_measures ( -- `rows` are NULL where they are the tag's
    tag INTEGER NOT NULL REFERENCES tags, number INTEGER NOT NULL, kind INTEGER NOT NULL REFERENCES measure_kinds, value TEXT NOT NULL,
    rows TEXT, PRIMARY KEY (tag, number)
) STRICT, WITHOUT ROWID;
CREATE VIEW measures AS
    SELECT tag, number, against, measure_kinds.name, value, unit, threshold, holds, coalesce(kept_measures.rows, tags.rows) AS rows, note
    FROM kept_measures JOIN tags ON tags.id = tag JOIN measure_kinds ON measure_kinds.id = kind;
