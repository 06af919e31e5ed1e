// Tests of InferenceAPI.
