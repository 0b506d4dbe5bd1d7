-- Tool calls that run as tasks (extension io.modelcontextprotocol/tasks): what tasks/get answers.
CREATE TABLE tasks (
  task_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('working', 'input_required', 'completed', 'failed', 'cancelled')),
  message TEXT,
  result TEXT,
  error TEXT,
  input_requests TEXT,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  ttl_ms INTEGER NOT NULL
) WITHOUT ROWID;
