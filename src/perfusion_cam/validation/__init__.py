"""What refill times are worth: scenarios with known truth, measured, scored and summed up."""
