"""The tables of both files. Every table carries `town`, the 団体コード whose data a row is (a prefecture's or centre's own code where it is
theirs), and every statement names it: several towns may share one machine, and sharding by it later moves no wall.

Texts of dates are as in `jukinet.messages`; instants are RFC 3339 in UTC. The migrations build exactly these; a test compares.

`history` is what is registered: a line for each change with the whole record, never altered (the database itself refuses). `residents`
follows from it: which line is a resident's last, and by what it is found.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

REGISTER = MetaData()
ISSUES = MetaData()

# The same order of texts and the same size of numbers on both kinds of database. Dates are texts: some are on no calendar.
WORDS = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer(), "sqlite")

# -- register.db: what is registered -----------------------------------------------------------------------------------

residents = Table(
    "residents",
    REGISTER,
    Column("town", WORDS, primary_key=True),
    Column("id", NUMBER, primary_key=True),  # 宛名番号
    Column("seq", NUMBER, nullable=False),  # the resident's last line of history
    Column("household", NUMBER, nullable=False),  # 世帯番号
    Column("number", NUMBER, nullable=False),  # place in the household's order, Member.number
    Column("state", WORDS, nullable=False),  # resident | moved | deceased
    Column("kana", WORDS, nullable=False),
    Column("birth", WORDS, nullable=False),
    Column("resident_code", WORDS, nullable=False),
    UniqueConstraint("town", "resident_code"),
    Index("residents_by_household", "town", "household", "number"),
    Index("residents_by_kana", "town", "kana", "birth"),
    sqlite_strict=True,
)

history = Table(
    "history",
    REGISTER,
    Column("town", WORDS, primary_key=True),
    Column("seq", NUMBER, primary_key=True),  # 1, 2, 3, … by town
    Column("resident", NUMBER, nullable=False),
    Column("change", WORDS, nullable=False),  # messages.Change
    Column("reason", WORDS, nullable=False),  # 異動事由
    Column("changed", WORDS, nullable=False),  # 異動年月日: from then on, until the resident's next line
    Column("record", LargeBinary, nullable=False),  # resident.Resident as JSON: all items, as they were from then on
    Index("history_of_resident", "town", "resident", "seq"),
    sqlite_strict=True,
)

card_holders = Table(
    "card_holders",
    REGISTER,
    Column("town", WORDS, primary_key=True),
    Column("certificate", LargeBinary, primary_key=True),  # SHA-256 of the certificate's DER
    Column("resident", NUMBER, nullable=False),
    sqlite_strict=True,
)

card_registry = Table(
    "card_registry",
    REGISTER,
    Column("town", WORDS, primary_key=True),  # whose list it is: the centre's
    Column("certificate", LargeBinary, primary_key=True),
    Column("home", WORDS, nullable=False),  # where its holder lives; "" for a certificate of nobody's
    Column("status", WORDS, nullable=False),  # valid | revoked
    Column("reason", WORDS, nullable=False),  # RFC 5280 5.3.1, "" while valid
    sqlite_strict=True,
)

identities = Table(
    "identities",
    REGISTER,
    Column("town", WORDS, primary_key=True),
    Column("resident_code", WORDS, primary_key=True),
    Column("name", WORDS, nullable=False),
    Column("birth", WORDS, nullable=False),
    Column("sex", WORDS, nullable=False),
    Column("address", WORDS, nullable=False),
    Column("change", WORDS, nullable=False),
    Column("changed", WORDS, nullable=False),
    sqlite_strict=True,
)

former_identities = Table(  # at prefecture and centre: what was told before
    "former_identities",
    REGISTER,
    Column("town", WORDS, primary_key=True),
    Column("resident_code", WORDS, primary_key=True),
    Column("version", LargeBinary, primary_key=True),  # digest of the six items, so that a notice that comes twice adds nothing
    Column("name", WORDS, nullable=False),
    Column("birth", WORDS, nullable=False),
    Column("sex", WORDS, nullable=False),
    Column("address", WORDS, nullable=False),
    Column("change", WORDS, nullable=False),
    Column("changed", WORDS, nullable=False),
    Column("until", WORDS, nullable=False),  # day of the change that followed
    Index("former_identities_by_end", "town", "until"),
    sqlite_strict=True,
)

identities_today = Table(  # at prefecture and centre, where the settings want today's set: the items that came after 2015
    "identities_today",
    REGISTER,
    Column("town", WORDS, primary_key=True),
    Column("resident_code", WORDS, primary_key=True),
    Column("my_number", WORDS, nullable=False),
    Column("kana", WORDS, nullable=False),
    sqlite_strict=True,
)

identity_keys = Table(  # by what identities, present and former, are found; they lie with their towns, this list with who looks
    "identity_keys",
    REGISTER,
    Column("town", WORDS, primary_key=True),  # whose list it is: the prefecture's or the centre's
    Column("key", LargeBinary, primary_key=True),  # digest of 住民票コード or of all four items: agencies.likeness
    Column("home", WORDS, primary_key=True),  # the town that told it
    Column("resident_code", WORDS, primary_key=True),
    sqlite_strict=True,
    sqlite_with_rowid=False,  # the key is the row: half the room
)

# -- issue.db: what was asked, issued and told -------------------------------------------------------------------------

visits = Table(
    "visits",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("visit", WORDS, primary_key=True),
    Column("kiosk", WORDS, nullable=False),  # the peer's URI
    Column("nonce", LargeBinary, nullable=False),
    Column("expires", WORDS, nullable=False),
    Column("card", LargeBinary),  # SHA-256 of the certificate that first proved with this nonce
    Column("home", WORDS),  # what the centre said of it
    sqlite_strict=True,
)

questions = Table(
    "questions",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("visit", WORDS, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("kind", WORDS, nullable=False),  # household | extract
    sqlite_strict=True,
)

issues = Table(
    "issues",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("visit", WORDS, primary_key=True),
    Column("digest", LargeBinary, nullable=False),  # of the question: same again, or another?
    Column("kiosk", WORDS, nullable=False),
    Column("home", WORDS, nullable=False),
    Column("day", WORDS, nullable=False),
    Column("first_serial", NUMBER, nullable=False),
    Column("copies", NUMBER, nullable=False),
    Column("pages", NUMBER, nullable=False),  # sheets a copy
    Column("numbers", WORDS, nullable=False),  # JSON list
    Column("persons", WORDS, nullable=False),  # JSON list of places in the household
    Column("answer", WORDS, nullable=False),  # the JWS, given again to whoever asks the same
    Column("status", WORDS, nullable=False),
    Column("reason", WORDS, nullable=False),
    Column("copies_printed", NUMBER, nullable=False),
    Column("line", Integer, nullable=False, server_default="0"),  # of the exchanges, that says so
    UniqueConstraint("town", "day", "first_serial"),
    sqlite_strict=True,
)

seals = Table(  # which copy carries which digital seal, for those who hold one and ask what became of it
    "seals",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("id", LargeBinary, primary_key=True),  # seal.seal_id
    Column("visit", WORDS, nullable=False),
    sqlite_strict=True,
)

given = Table(  # at the home town: who was shown what of whom, and what became of it
    "given",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("asker", WORDS, primary_key=True),
    Column("visit", WORDS, primary_key=True),
    Column("nonce", LargeBinary, nullable=False),
    Column("card", LargeBinary, nullable=False),
    Column("resident", NUMBER, nullable=False),
    Column("status", WORDS, nullable=False),  # "" until the asker says
    Column("reason", WORDS, nullable=False),
    Column("copies", NUMBER, nullable=False),
    UniqueConstraint("town", "asker", "nonce"),
    sqlite_strict=True,
)

inquiries = Table(  # at prefecture and centre: each answer to an administrative body
    "inquiries",
    ISSUES,
    Column("town", WORDS, primary_key=True),  # who answered
    Column("line", NUMBER, primary_key=True),  # of the exchanges, that says so
    Column("at", WORDS, nullable=False),
    Column("body", WORDS, nullable=False),
    Column("affair", WORDS, nullable=False),
    Column("ground", WORDS, nullable=False),
    Column("items", WORDS, nullable=False),  # ids, with blanks between: those that the affair allows to be told
    Column("form", WORDS, nullable=False),
    Column("embargo", WORDS, nullable=False),
    Column("batch", WORDS),  # a piece of a batch: told apart from what it is asked again
    Column("piece", NUMBER),
    Column("digest", LargeBinary, nullable=False),  # of a piece: same again, or another?
    UniqueConstraint("town", "body", "batch", "piece"),
    Index("inquiries_by_time", "town", "at"),
    sqlite_strict=True,
)

provisions = Table(  # of whom something was told in it
    "provisions",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("subject", WORDS, primary_key=True),  # HMAC of 住民票コード under the node's key
    Column("line", NUMBER, primary_key=True),
    Column("place", NUMBER, primary_key=True),  # in the piece; 0 for a single question
    Column("told", WORDS, nullable=False),  # ids of the items told to the body; "": none that it did not know
    Index("provisions_by_line", "town", "line"),
    sqlite_strict=True,
)

outbox = Table(
    "outbox",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("id", NUMBER, primary_key=True),
    Column("destination", WORDS, nullable=False),
    Column("path", WORDS, nullable=False),
    Column("number", NUMBER, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("refused", NUMBER, nullable=False),  # how often the receiver said a final no
    Column("dead", NUMBER, nullable=False),  # given up: someone must look
    UniqueConstraint("town", "destination", "path", "number"),
    sqlite_strict=True,
)

departures = Table(  # moves by card, at the old town
    "departures",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("move", WORDS, primary_key=True),  # the visit in which the notice was given
    Column("digest", LargeBinary, nullable=False),  # of the question: same again, or another?
    Column("destination", WORDS, nullable=False),
    Column("noticed", WORDS, nullable=False),  # days
    Column("leaves", WORDS, nullable=False),
    Column("moved", WORDS, nullable=False),  # "" until the new town says it
    Column("number", NUMBER, nullable=False),  # of the certificate among those to that town, 0 until it is on its way
    Column("cards", WORDS, nullable=False),  # JSON list of those that may be carried on, hexadecimal
    Column("state", WORDS, nullable=False),  # messages.Leaving
    Index("departures_by_state", "town", "state"),
    sqlite_strict=True,
)

leavers = Table(
    "leavers",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("move", WORDS, primary_key=True),
    Column("resident", NUMBER, primary_key=True),
    Index("leavers_by_resident", "town", "resident"),
    sqlite_strict=True,
)

arrivals = Table(  # moves by card, at the new town
    "arrivals",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("move", WORDS, primary_key=True),
    Column("origin", WORDS, nullable=False),
    Column("certificate", WORDS, nullable=False),  # the old town's JWS, dropped once they are entered or nobody came
    Column("persons", NUMBER, nullable=False),
    Column("leaves", WORDS, nullable=False),  # days
    Column("until", WORDS, nullable=False),
    Column("moved", WORDS, nullable=False),  # "" until the moving-in notice
    Column("filed", WORDS, nullable=False),
    Column("visit", WORDS, nullable=False),  # in which it was given
    Column("number", NUMBER, nullable=False),  # at the counter
    Column("entry", WORDS, nullable=False),  # what the counter decided, JSON; likewise dropped
    Column("state", WORDS, nullable=False),  # messages.Arriving
    Index("arrivals_by_state", "town", "state"),
    Index("arrivals_by_number", "town", "number"),
    sqlite_strict=True,
)

moved_cards = Table(  # at the new town: the cards of those who move
    "moved_cards",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("move", WORDS, primary_key=True),
    Column("certificate", LargeBinary, primary_key=True),  # SHA-256 of the certificate's DER
    Column("until", WORDS, nullable=False),  # last day to carry it on; "" until the moving-in notice
    Column("state", WORDS, nullable=False),  # moves.cards.Carried
    Index("moved_cards_by_certificate", "town", "certificate"),
    Index("moved_cards_by_state", "town", "state", "until"),
    sqlite_strict=True,
)

card_applications = Table(  # for a first card, at the town that hands it out
    "card_applications",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("number", NUMBER, primary_key=True),  # 1, 2, 3, … by town
    Column("resident", NUMBER, nullable=False),
    Column("kind", WORDS, nullable=False),  # first_cards.CardKind
    Column("applied", WORDS, nullable=False),  # days
    Column("handed", WORDS, nullable=False),  # "" until it is
    Column("certificate", LargeBinary, nullable=False),  # SHA-256 of its DER; likewise empty
    Column("state", WORDS, nullable=False),  # first_cards.Applied
    Index("card_applications_by_resident", "town", "resident"),
    Index("card_applications_by_state", "town", "state"),
    sqlite_strict=True,
)

opinions = Table(  # on services under discussion: counts, no row is one person's
    "opinions",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("about", WORDS, primary_key=True),  # a service's id
    Column("day", WORDS, primary_key=True),
    Column("chosen", WORDS, primary_key=True),  # messages.Use
    Column("rating", NUMBER, primary_key=True),
    Column("count", NUMBER, nullable=False),
    sqlite_strict=True,
)

counters = Table(  # what must go on counting after its rows are gone: notices sent and received, history told
    "counters",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("name", WORDS, primary_key=True),
    Column("value", NUMBER, nullable=False),
    sqlite_strict=True,
)

audit = Table(
    "audit",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("stream", WORDS, primary_key=True),  # exchanges | operations
    Column("seq", NUMBER, primary_key=True),  # 0, 1, 2, … the leaf's place in the tree
    Column("entry", LargeBinary, nullable=False),  # canonical JSON; empty once its time is over
    Column("leaf", LargeBinary, nullable=False),
    sqlite_strict=True,
)

looks = Table(  # which lines of the exchanges say that a person's record was looked at
    "looks",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("subject", WORDS, primary_key=True),  # as the line names the person
    Column("line", NUMBER, primary_key=True),
    Index("looks_by_line", "town", "line"),
    sqlite_strict=True,
)

subtrees = Table(  # full subtrees of 256, 65,536, … leaves: what a proof needs without reading them
    "subtrees",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("stream", WORDS, primary_key=True),
    Column("height", NUMBER, primary_key=True),  # 8, 16, …
    Column("number", NUMBER, primary_key=True),  # over the leaves from number << height on
    Column("hash", LargeBinary, nullable=False),
    sqlite_strict=True,
)

checkpoints = Table(
    "checkpoints",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("stream", WORDS, primary_key=True),
    Column("size", NUMBER, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False),  # hashes of 32 bytes, largest subtree first
    sqlite_strict=True,
)

witnessed = Table(  # the last checkpoint of each log that this node has confirmed as a witness
    "witnessed",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("origin", WORDS, primary_key=True),
    Column("size", NUMBER, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("at", WORDS, nullable=False),
    sqlite_strict=True,
)

confirmed = Table(  # the newest own checkpoint that a witness has confirmed
    "confirmed",
    ISSUES,
    Column("town", WORDS, primary_key=True),
    Column("stream", WORDS, primary_key=True),
    Column("size", NUMBER, nullable=False),
    Column("note", WORDS, nullable=False),
    sqlite_strict=True,
)
