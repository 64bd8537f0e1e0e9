"""The labels of appointments in general practice, by plain name, and the one word that the lake has for each."""

from __future__ import annotations

STATUS = {"attended": "attended", "dna": "dna", "did_not_attend": "dna", "unknown": "unknown",
          "appt_status_not_provided": "unknown"}  # fmt: skip
PROFESSIONAL = {
    "gp": "gp", "other_practice_staff": "other_practice_staff", "unknown": "unknown",
    "hcp_type_not_provided": "unknown",
}  # fmt: skip
MODE = {
    "face_to_face": "face_to_face", "telephone": "telephone", "video_online": "video_online",
    "video_conference_online": "video_online", "video": "video_online", "online": "video_online",
    "home_visit": "home_visit", "unknown": "unknown",
}  # fmt: skip
WAIT = {
    "same_day": "same_day", "1_day": "1_day", "2_to_7_days": "2_to_7_days", "8_to_14_days": "8_to_14_days",
    "15_to_21_days": "15_to_21_days", "22_to_28_days": "22_to_28_days", "more_than_28_days": "more_than_28_days",
    "unknown_data_issue": "unknown", "unknown_data_quality": "unknown", "unknown": "unknown",
}  # fmt: skip
