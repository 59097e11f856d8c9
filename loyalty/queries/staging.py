"""SQL of a bill file on its way in: what is staged, what is refused, what changed. Tables of one transaction.

Amounts arrive as exact decimals of yuan and become fen; a bill belongs to who owned the number on the month's last day.
`stage` is not a temporary table, because several processes cannot read one; each importing session has its own name.
Conditions are one CASE each: a chain of them is planned for nearly no rows, and then the index is asked for every one.
"""

STAGE = """
    CREATE UNLOGGED TABLE {stage} (
        line bigint NOT NULL, phone text, month text,
        amount numeric, gifted numeric, redeemed numeric, third_party numeric, paid_at timestamptz{more}
    )
"""
LANE = """
    CREATE UNLOGGED SEQUENCE {lane}_line CACHE 1000;
    CREATE UNLOGGED TABLE {lane} () INHERITS ({stage});
    ALTER TABLE {lane} ALTER line SET DEFAULT nextval('{lane}_line');
    ALTER SEQUENCE {lane}_line OWNED BY {lane}.line
"""
STAGE_MONTHS = """
    DROP TABLE IF EXISTS pg_temp.stage_month, pg_temp.stage_keyed;
    CREATE TEMP TABLE stage_month (
        text text PRIMARY KEY, month date NOT NULL, last_day date NOT NULL, state text NOT NULL
    ) ON COMMIT DROP
"""
MONTHS = """
    WITH one AS MATERIALIZED (SELECT month FROM {stage} WHERE length(month) = 7 LIMIT 1)
    SELECT month FROM one
    UNION SELECT month FROM {stage} WHERE month <> (SELECT month FROM one) AND length(month) = 7
    LIMIT 2000
"""

_FITS = """
    CASE WHEN s.amount BETWEEN 0 AND {most} AND scale(s.amount) <= 2
    AND (s.gifted IS NULL OR scale(s.gifted) <= 2 AND (s.gifted = 0 OR s.gifted BETWEEN 0 AND s.amount))
    AND (s.redeemed IS NULL OR scale(s.redeemed) <= 2 AND (s.redeemed = 0 OR s.redeemed BETWEEN 0 AND s.amount))
    AND (s.third_party IS NULL
        OR scale(s.third_party) <= 2 AND (s.third_party = 0 OR s.third_party BETWEEN 0 AND s.amount))
    AND (s.paid_at IS NULL OR isfinite(s.paid_at)) THEN true ELSE false END
"""
_OWNER = """
    c.phone = s.phone AND CASE WHEN c.joined_on > {last_day} THEN false
        WHEN c.status = 'closed' THEN c.closed_on > {last_day} ELSE true END
"""
_OWNER_THEN = _OWNER.format(last_day="m.last_day")
_OURS = "CASE WHEN %(boss)s::bigint[] IS NULL OR c.city_id <> ALL(%(boss)s) IS NOT FALSE THEN true ELSE false END"
_FEN = """
    (s.amount * 100)::int AS amount_fen,
    CASE WHEN s.gifted IS NULL OR s.gifted = 0 THEN 0 ELSE (s.gifted * 100)::int END AS gifted_fen,
    CASE WHEN s.redeemed IS NULL OR s.redeemed = 0 THEN 0 ELSE (s.redeemed * 100)::int END AS redeemed_fen,
    CASE WHEN s.third_party IS NULL OR s.third_party = 0 THEN 0 ELSE (s.third_party * 100)::int END AS third_party_fen,
    s.paid_at
"""
VALUES = "amount_fen, gifted_fen, redeemed_fen, third_party_fen, paid_at"
_GOOD = f"""
    FROM {{stage}} s JOIN stage_month m ON m.text = s.month JOIN loyalty_customer c ON {_OWNER_THEN}
    WHERE m.state IN %(states)s AND {_FITS} AND {_OURS}
"""

FRESH = f"""
    CREATE TABLE "{{table}}" AS
    SELECT c.id AS customer_id, %(month)s::date AS month, {_FEN}
    FROM {{stage}} s JOIN loyalty_customer c ON {_OWNER.format(last_day="%(last_day)s")}
    WHERE s.month = %(text)s AND {_FITS} AND {_OURS}
"""

NEW = f"""
    INSERT INTO loyalty_bill (customer_id, month, {VALUES})
    SELECT c.id, m.month, {_FEN} {_GOOD}
    ON CONFLICT (customer_id, month) DO NOTHING
"""
REFUSED = f"""
    SELECT line, reason, concat_ws(',', phone, month, amount, gifted, redeemed, third_party, paid_at) FROM (
        SELECT s.*, CASE
            WHEN s.phone IS NULL OR s.phone !~ '^1[3-9][0-9]{{{{9}}}}$' THEN 'bad_phone'
            WHEN s.month IS NULL OR s.month !~ '^[0-9]{{{{4}}}}-(0[1-9]|1[0-2])$' THEN 'bad_month'
            WHEN m.text IS NULL THEN 'future_month'
            WHEN m.state = 'running' THEN 'running'
            WHEN least(s.amount, s.gifted, s.redeemed, s.third_party) < 0 THEN 'negative'
            WHEN s.amount IS NULL OR NOT s.amount <= {{most}} OR scale(s.amount) > 2 THEN 'bad_amount'
            WHEN greatest(s.gifted, s.redeemed, s.third_party) > s.amount THEN 'more_than_bill'
            WHEN greatest(scale(s.gifted), scale(s.redeemed), scale(s.third_party)) > 2 THEN 'bad_amount'
            WHEN NOT isfinite(s.paid_at) THEN 'bad_time'
            WHEN c.id IS NULL THEN 'unknown_phone'
            WHEN c.city_id = ANY(%(boss)s::bigint[]) THEN 'boss_city'
        END AS reason
        FROM {{stage}} s LEFT JOIN stage_month m ON m.text = s.month
        LEFT JOIN loyalty_customer c ON {_OWNER_THEN}
    ) judged WHERE reason IS NOT NULL ORDER BY line
"""
KEYED = f"""
    CREATE TEMP TABLE stage_keyed ON COMMIT DROP AS
    SELECT s.line, c.id AS customer_id, m.month, m.state, {_FEN},
        row_number() OVER (PARTITION BY c.id, m.month ORDER BY s.line) AS nth {_GOOD}
"""
TWICE = """
    SELECT k.line, 'twice', concat_ws(',', s.phone, s.month, s.amount, s.gifted, s.redeemed, s.third_party, s.paid_at)
    FROM stage_keyed k JOIN {stage} s ON s.line = k.line WHERE k.nth > 1 ORDER BY k.line
"""
_DIFFERS = """
    (b.amount_fen, b.gifted_fen, b.redeemed_fen, b.third_party_fen, b.paid_at)
    IS DISTINCT FROM (k.amount_fen, k.gifted_fen, k.redeemed_fen, k.third_party_fen, k.paid_at)
"""
REPLACE = f"""
    UPDATE loyalty_bill b SET amount_fen = k.amount_fen, gifted_fen = k.gifted_fen, redeemed_fen = k.redeemed_fen,
        third_party_fen = k.third_party_fen, paid_at = k.paid_at
    FROM stage_keyed k
    WHERE k.nth = 1 AND k.state = 'open' AND b.customer_id = k.customer_id AND b.month = k.month AND {_DIFFERS}
"""
LATE = f"""
    SELECT k.customer_id, k.month, k.amount_fen, k.gifted_fen, k.redeemed_fen, k.third_party_fen, k.paid_at
    FROM stage_keyed k LEFT JOIN loyalty_bill b ON b.customer_id = k.customer_id AND b.month = k.month
    WHERE k.nth = 1 AND k.state = 'done' AND (b.customer_id IS NULL OR {_DIFFERS})
    ORDER BY k.month, k.customer_id
"""
