-- Dashboard queries for Analytics Engine's SQL API. Replace clickup_mcp_production by the dataset of the environment.
-- Points may be sampled under load: counts are sums of _sample_interval.

-- name: requests_by_outcome
SELECT toStartOfInterval(timestamp, INTERVAL '5' MINUTE) AS at, blob5 AS outcome, sum(_sample_interval) AS requests
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '1' DAY AND blob1 = '/mcp'
GROUP BY at, outcome ORDER BY at;

-- name: latency_by_tool
SELECT blob4 AS tool, sum(_sample_interval) AS calls,
  quantileExactWeighted(0.5)(double2, _sample_interval) AS p50_ms,
  quantileExactWeighted(0.95)(double2, _sample_interval) AS p95_ms
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '1' DAY AND blob3 = 'tools/call'
GROUP BY tool ORDER BY calls DESC;

-- name: server_errors
SELECT sum(_sample_interval) AS errors
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '5' MINUTE AND double1 >= 500;

-- name: error_share
SELECT sumIf(_sample_interval, double1 >= 500) / sum(_sample_interval) AS share
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '15' MINUTE;

-- name: upstream_error_share
SELECT sumIf(_sample_interval, blob5 = 'upstream_error') / sum(_sample_interval) AS share
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '15' MINUTE AND blob3 = 'tools/call';

-- name: outbox_depth
SELECT index1 AS user, max(double7) AS depth
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '15' MINUTE AND double7 >= 0
GROUP BY user ORDER BY depth DESC LIMIT 20;

-- name: limited_users
SELECT index1 AS user, sum(_sample_interval) AS refused
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '1' HOUR AND double1 = 429
GROUP BY user ORDER BY refused DESC LIMIT 20;

-- name: refused_sign_ins
SELECT sum(_sample_interval) AS refused
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '5' MINUTE AND double1 IN (401, 429) AND index1 = 'anonymous';

-- name: slow_calls
SELECT quantileExactWeighted(0.95)(double2, _sample_interval) AS p95_ms
FROM clickup_mcp_production
WHERE timestamp > now() - INTERVAL '15' MINUTE AND blob3 = 'tools/call';
