import GRDB

/// The tables of study.sqlite. A format that was released is never changed: new ones are appended as migrations.
enum Schema {
  /// "HPST": tells a study from any other SQLite database (PRAGMA application_id).
  static let applicationID = 0x4850_5354

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: tables)
      try db.execute(sql: views)
    }
    // Runs behind the folds * seeds first ones of a trial, which train members of the ensembles of these. `run.id` is
    // trial * (runs of a trial) + run.
    migrator.registerMigration("2") { db in
      try db.execute(sql: "ALTER TABLE study ADD COLUMN member_runs INTEGER NOT NULL DEFAULT 0")
      // What a run that explores found, as JSON.
      try db.execute(sql: "ALTER TABLE run ADD COLUMN survey TEXT")
      try db.execute(sql: "DROP VIEW result; \(scoredResults)")
    }
    return migrator
  }

  private static let tables = """
    -- One row: what the study is and where it stands.
    CREATE TABLE study (
      id            INTEGER PRIMARY KEY CHECK (id = 1),
      name          TEXT NOT NULL,
      created_at    REAL NOT NULL,                -- all times are seconds since 1970
      seed          INTEGER NOT NULL,
      folds         INTEGER NOT NULL,
      seeds         INTEGER NOT NULL,
      state         TEXT NOT NULL,                -- running, interrupted, finished, failed
      state_at      REAL NOT NULL,
      message       TEXT,
      best_trial    INTEGER,                      -- so far, by the objective
      configuration TEXT NOT NULL                 -- the same text as sweep.json
    );

    -- The truth: what happened, in order. Everything below follows from it.
    CREATE TABLE event (
      seq     INTEGER PRIMARY KEY,
      at      REAL NOT NULL,
      kind    TEXT NOT NULL,
      trial   INTEGER NOT NULL,
      run     INTEGER,
      attempt INTEGER,
      payload TEXT NOT NULL                       -- JSON
    );
    CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
      BEGIN SELECT raise(ABORT, 'events are never changed'); END;
    CREATE TRIGGER event_is_not_removed BEFORE DELETE ON event
      BEGIN SELECT raise(ABORT, 'events are never removed'); END;

    CREATE TABLE trial (
      number   INTEGER PRIMARY KEY,
      state    TEXT NOT NULL,                     -- queued, running, done, failed, pruned, cancelled
      point    TEXT NOT NULL,                     -- JSON
      asked_at REAL NOT NULL,
      asked    INTEGER NOT NULL                   -- event.seq
    );

    CREATE TABLE run (
      id               INTEGER PRIMARY KEY,       -- trial * folds * seeds + run
      trial            INTEGER NOT NULL,
      run              INTEGER NOT NULL,          -- fold * seeds + seed
      fold             INTEGER NOT NULL,
      seed             INTEGER NOT NULL,
      state            TEXT NOT NULL,             -- queued, running, done, failed, pruned, cancelled
      attempt          INTEGER NOT NULL,
      deaths           INTEGER NOT NULL,          -- attempts that ended with the death of their worker
      worker           TEXT,
      step             INTEGER NOT NULL,
      reported         TEXT,                      -- JSON: the metrics of the attempt's last report
      checkpoint_hash  TEXT,                      -- checkpoints/<hash>.safetensors, removed when the run is final
      checkpoint_bytes INTEGER,
      checkpoint_step  INTEGER,
      metrics          TEXT,                      -- JSON: the result
      reason           TEXT,                      -- why it is not done
      seconds          REAL NOT NULL,
      started_at       REAL,
      ended_at         REAL
    );
    CREATE INDEX run_running ON run (worker) WHERE state = 'running';

    -- How many trials and runs are in each state.
    CREATE TABLE tally (
      subject TEXT NOT NULL,                      -- trial, run
      state   TEXT NOT NULL,
      count   INTEGER NOT NULL,
      PRIMARY KEY (subject, state)
    ) WITHOUT ROWID;
    """

  private static let scoredResults = """
    -- The value of each metric of each run that is done and scored: the others trained members of an ensemble for these.
    CREATE VIEW result AS
      SELECT run.trial, run.run, run.fold, run.seed, metric.key AS metric, metric.value AS value
      FROM run, json_each(run.metrics) AS metric
      WHERE run.state = 'done' AND run.run < (SELECT folds * seeds FROM study);
    """

  /// For people with the sqlite3 shell.
  private static let views = """
    -- The value of each metric of each run that is done.
    CREATE VIEW result AS
      SELECT run.trial, run.run, run.fold, run.seed, metric.key AS metric, metric.value AS value
      FROM run, json_each(run.metrics) AS metric
      WHERE run.state = 'done';

    -- Each metric over the runs of each trial that is done.
    CREATE VIEW score AS
      SELECT result.trial, result.metric, avg(result.value) AS mean, count(*) AS runs
      FROM result JOIN trial ON trial.number = result.trial
      WHERE trial.state = 'done'
      GROUP BY result.trial, result.metric;

    -- The value of each dimension of each trial.
    CREATE VIEW parameter AS
      SELECT trial.number AS trial, dimension.key AS name, dimension.value AS value
      FROM trial, json_each(trial.point) AS dimension;

    -- The events with readable times.
    CREATE VIEW history AS
      SELECT seq, strftime('%Y-%m-%dT%H:%M:%fZ', at, 'unixepoch') AS time, kind, trial, run, attempt, payload
      FROM event;
    """
}
