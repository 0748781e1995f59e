PRAGMA application_id = 1163285317;
BEGIN TRANSACTION;
CREATE TABLE board_events (
                id INTEGER PRIMARY KEY, serial INTEGER NOT NULL, boot INTEGER NOT NULL, number INTEGER NOT NULL,
                board_ms INTEGER NOT NULL, kind INTEGER NOT NULL, code INTEGER NOT NULL, value INTEGER NOT NULL,
                wall_s REAL NOT NULL, UNIQUE (serial, boot, number, board_ms, kind, code, value)
            );
INSERT INTO "board_events" VALUES(1,1001,1,0,0,1,2,0,1700000000.25);
INSERT INTO "board_events" VALUES(2,1001,1,1,100,1,2,1,1700000000.25);
INSERT INTO "board_events" VALUES(3,1001,1,2,200,1,2,2,1700000000.25);
CREATE TABLE cards (card TEXT PRIMARY KEY, added_s REAL NOT NULL) WITHOUT ROWID;
INSERT INTO "cards" VALUES('04AABBCC',1700000000.0);
CREATE TABLE charger_days (
    subject INTEGER NOT NULL, start INTEGER NOT NULL, online_ms INTEGER NOT NULL, offered INTEGER NOT NULL,
    offered_min_da INTEGER, offered_max_da INTEGER, granted INTEGER NOT NULL, plugged_ms INTEGER NOT NULL,
    charging_ms INTEGER NOT NULL, three_ms INTEGER NOT NULL, ev_ms INTEGER NOT NULL, ev_l1 INTEGER NOT NULL,
    ev_l2 INTEGER NOT NULL, ev_l3 INTEGER NOT NULL, ev_max_da INTEGER, modelled_ms INTEGER NOT NULL,
    charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL, cost_u INTEGER NOT NULL,
    reason INTEGER NOT NULL, reason_ms INTEGER NOT NULL, PRIMARY KEY (subject, start)
) WITHOUT ROWID;
CREATE TABLE charger_hours (
    subject INTEGER NOT NULL, start INTEGER NOT NULL, online_ms INTEGER NOT NULL, offered INTEGER NOT NULL,
    offered_min_da INTEGER, offered_max_da INTEGER, granted INTEGER NOT NULL, plugged_ms INTEGER NOT NULL,
    charging_ms INTEGER NOT NULL, three_ms INTEGER NOT NULL, ev_ms INTEGER NOT NULL, ev_l1 INTEGER NOT NULL,
    ev_l2 INTEGER NOT NULL, ev_l3 INTEGER NOT NULL, ev_max_da INTEGER, modelled_ms INTEGER NOT NULL,
    charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL, cost_u INTEGER NOT NULL,
    reason INTEGER NOT NULL, reason_ms INTEGER NOT NULL, PRIMARY KEY (subject, start)
) WITHOUT ROWID;
CREATE TABLE charger_minutes (
    subject INTEGER NOT NULL, start INTEGER NOT NULL, online_ms INTEGER NOT NULL, offered INTEGER NOT NULL,
    offered_min_da INTEGER, offered_max_da INTEGER, granted INTEGER NOT NULL, plugged_ms INTEGER NOT NULL,
    charging_ms INTEGER NOT NULL, three_ms INTEGER NOT NULL, ev_ms INTEGER NOT NULL, ev_l1 INTEGER NOT NULL,
    ev_l2 INTEGER NOT NULL, ev_l3 INTEGER NOT NULL, ev_max_da INTEGER, modelled_ms INTEGER NOT NULL,
    charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL, cost_u INTEGER NOT NULL,
    reason INTEGER NOT NULL, reason_ms INTEGER NOT NULL, PRIMARY KEY (subject, start)
) WITHOUT ROWID;
CREATE TABLE charger_quarters (
    subject INTEGER NOT NULL, start INTEGER NOT NULL, online_ms INTEGER NOT NULL, offered INTEGER NOT NULL,
    offered_min_da INTEGER, offered_max_da INTEGER, granted INTEGER NOT NULL, plugged_ms INTEGER NOT NULL,
    charging_ms INTEGER NOT NULL, three_ms INTEGER NOT NULL, ev_ms INTEGER NOT NULL, ev_l1 INTEGER NOT NULL,
    ev_l2 INTEGER NOT NULL, ev_l3 INTEGER NOT NULL, ev_max_da INTEGER, modelled_ms INTEGER NOT NULL,
    charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL, cost_u INTEGER NOT NULL,
    reason INTEGER NOT NULL, reason_ms INTEGER NOT NULL, PRIMARY KEY (subject, start)
) WITHOUT ROWID;
CREATE TABLE energy (
                charger TEXT PRIMARY KEY, total_mj INTEGER NOT NULL, started_s REAL, plugged INTEGER NOT NULL,
                duration_ms INTEGER NOT NULL, charging_ms INTEGER NOT NULL, session_mj INTEGER NOT NULL,
                estimated INTEGER NOT NULL, meter_start_wh INTEGER
            ) WITHOUT ROWID
            ;
INSERT INTO "energy" VALUES('1',123456789012345,1700000000.5,1,5000000,3000000,25200000000,1,NULL);
INSERT INTO "energy" VALUES('garage',0,NULL,0,0,0,0,0,NULL);
CREATE TABLE log (
                id INTEGER PRIMARY KEY, number INTEGER NOT NULL, wall_s REAL NOT NULL, charger TEXT NOT NULL,
                level TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (number, wall_s, charger, text)
            );
INSERT INTO "log" VALUES(1,1,1700000001.0,'1','warning','line 1, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(2,2,1700000002.0,'','fault','line 2, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(3,3,1700000003.0,'1','info','line 3, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(4,4,1700000004.0,'','warning','line 4, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(5,5,1700000005.0,'1','fault','line 5, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(6,6,1700000006.0,'','info','line 6, with a ''quote'' and an ü');
CREATE TABLE migrations (version INTEGER PRIMARY KEY, what TEXT NOT NULL, at TEXT NOT NULL);
INSERT INTO "migrations" VALUES(1,'settings, energy, events','2026-01-01 00:00:00');
INSERT INTO "migrations" VALUES(2,'schedules, cards','2026-01-01 00:00:00');
INSERT INTO "migrations" VALUES(3,'history, sessions','2026-01-01 00:00:00');
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE schedules (
                charger TEXT PRIMARY KEY, start TEXT NOT NULL, stop TEXT, daily INTEGER NOT NULL
            ) WITHOUT ROWID
            ;
INSERT INTO "schedules" VALUES('1','2026-03-01T23:30','2026-03-02T06:00',1);
CREATE TABLE sessions (
                id INTEGER PRIMARY KEY, charger TEXT NOT NULL, started_s REAL NOT NULL, ended_s REAL,
                duration_ms INTEGER NOT NULL, charging_ms INTEGER NOT NULL, energy_wh INTEGER NOT NULL,
                estimated INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL,
                cost_u INTEGER NOT NULL, max_da INTEGER NOT NULL, phases INTEGER NOT NULL, card TEXT NOT NULL,
                mode INTEGER NOT NULL, UNIQUE (charger, started_s)
            );
INSERT INTO "sessions" VALUES(1,'1',1700000000.5,1700003600.5,3600000,3000000,9000,0,3600000,0,2250000,160,3,'BBCC',3);
CREATE TABLE settings (
                charger TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (charger, name)
            ) WITHOUT ROWID
            ;
INSERT INTO "settings" VALUES('','current_main',20);
INSERT INTO "settings" VALUES('1','current_max',16);
INSERT INTO "settings" VALUES('1','mode',3);
CREATE TABLE site_days (
    start INTEGER PRIMARY KEY, mains_ms INTEGER NOT NULL, mains_l1 INTEGER NOT NULL, mains_l2 INTEGER NOT NULL,
    mains_l3 INTEGER NOT NULL, mains_min_l1 INTEGER, mains_min_l2 INTEGER, mains_min_l3 INTEGER, mains_max_l1 INTEGER,
    mains_max_l2 INTEGER, mains_max_l3 INTEGER, removed INTEGER NOT NULL, imported_mj INTEGER NOT NULL,
    exported_mj INTEGER NOT NULL, battery_ms INTEGER NOT NULL, battery INTEGER NOT NULL, soc_ms INTEGER NOT NULL,
    soc INTEGER NOT NULL, pv_ms INTEGER NOT NULL, pv_mj INTEGER NOT NULL, price_ms INTEGER NOT NULL,
    price INTEGER NOT NULL, charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL,
    cost_u INTEGER NOT NULL, main_da INTEGER, circuit_da INTEGER, capacity_da INTEGER
) WITHOUT ROWID;
CREATE TABLE site_hours (
    start INTEGER PRIMARY KEY, mains_ms INTEGER NOT NULL, mains_l1 INTEGER NOT NULL, mains_l2 INTEGER NOT NULL,
    mains_l3 INTEGER NOT NULL, mains_min_l1 INTEGER, mains_min_l2 INTEGER, mains_min_l3 INTEGER, mains_max_l1 INTEGER,
    mains_max_l2 INTEGER, mains_max_l3 INTEGER, removed INTEGER NOT NULL, imported_mj INTEGER NOT NULL,
    exported_mj INTEGER NOT NULL, battery_ms INTEGER NOT NULL, battery INTEGER NOT NULL, soc_ms INTEGER NOT NULL,
    soc INTEGER NOT NULL, pv_ms INTEGER NOT NULL, pv_mj INTEGER NOT NULL, price_ms INTEGER NOT NULL,
    price INTEGER NOT NULL, charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL,
    cost_u INTEGER NOT NULL, main_da INTEGER, circuit_da INTEGER, capacity_da INTEGER
) WITHOUT ROWID;
CREATE TABLE site_minutes (
    start INTEGER PRIMARY KEY, mains_ms INTEGER NOT NULL, mains_l1 INTEGER NOT NULL, mains_l2 INTEGER NOT NULL,
    mains_l3 INTEGER NOT NULL, mains_min_l1 INTEGER, mains_min_l2 INTEGER, mains_min_l3 INTEGER, mains_max_l1 INTEGER,
    mains_max_l2 INTEGER, mains_max_l3 INTEGER, removed INTEGER NOT NULL, imported_mj INTEGER NOT NULL,
    exported_mj INTEGER NOT NULL, battery_ms INTEGER NOT NULL, battery INTEGER NOT NULL, soc_ms INTEGER NOT NULL,
    soc INTEGER NOT NULL, pv_ms INTEGER NOT NULL, pv_mj INTEGER NOT NULL, price_ms INTEGER NOT NULL,
    price INTEGER NOT NULL, charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL,
    cost_u INTEGER NOT NULL, main_da INTEGER, circuit_da INTEGER, capacity_da INTEGER
) WITHOUT ROWID;
CREATE TABLE site_quarters (
    start INTEGER PRIMARY KEY, mains_ms INTEGER NOT NULL, mains_l1 INTEGER NOT NULL, mains_l2 INTEGER NOT NULL,
    mains_l3 INTEGER NOT NULL, mains_min_l1 INTEGER, mains_min_l2 INTEGER, mains_min_l3 INTEGER, mains_max_l1 INTEGER,
    mains_max_l2 INTEGER, mains_max_l3 INTEGER, removed INTEGER NOT NULL, imported_mj INTEGER NOT NULL,
    exported_mj INTEGER NOT NULL, battery_ms INTEGER NOT NULL, battery INTEGER NOT NULL, soc_ms INTEGER NOT NULL,
    soc INTEGER NOT NULL, pv_ms INTEGER NOT NULL, pv_mj INTEGER NOT NULL, price_ms INTEGER NOT NULL,
    price INTEGER NOT NULL, charged_mj INTEGER NOT NULL, solar_mj INTEGER NOT NULL, unpriced_mj INTEGER NOT NULL,
    cost_u INTEGER NOT NULL, main_da INTEGER, circuit_da INTEGER, capacity_da INTEGER
) WITHOUT ROWID;
CREATE INDEX sessions_started ON sessions (started_s);
CREATE INDEX sessions_open ON sessions (charger) WHERE ended_s IS NULL;
CREATE INDEX log_charger ON log (charger);
COMMIT;
