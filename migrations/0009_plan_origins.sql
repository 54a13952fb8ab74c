-- Where a plan's run is counted, and when the plan was made. Both may be absent: in plans of before, and where the token
-- or the plan file does not say.
ALTER TABLE plans
  -- The workflow file whose runs `run_number` counts (GitHub counts for each); only within one do numbers compare.
  ADD COLUMN run_series text,
  -- By the runner's clock, never later than `uploaded_at`.
  ADD COLUMN planned_at timestamptz CHECK (planned_at <= uploaded_at);
