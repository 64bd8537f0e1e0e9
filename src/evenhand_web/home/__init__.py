"""The pages that gather all steps."""
