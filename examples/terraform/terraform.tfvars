notebooks = {
  forecasting = { instance_type = "ml.t3.medium" }
  vision      = { instance_type = "ml.g5.xlarge", internet = true } # "only until the data set is downloaded"
}
