from django.urls import path

from accounts.views import my_data, resident_sign_in, reveal, sign_out, staff_sign_in

app_name = "accounts"

urlpatterns = [
    path("", my_data.my_data, name="my_data"),
    path("sign-in/", resident_sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", resident_sign_in.enter_code, name="code"),
    path("sign-in/code/again/", resident_sign_in.resend_code, name="resend_code"),
    path("sign-in/notice/", resident_sign_in.answer_notice, name="notice"),
    path("sign-out/", sign_out.sign_out, name="sign_out"),
    path("privacy/", resident_sign_in.privacy, name="privacy"),
    path("copy/", my_data.my_data_copy, name="my_data_copy"),
    path("name/", my_data.correct_name, name="correct_name"),
    path("consents/<str:purpose>/", my_data.change_consent, name="change_consent"),
    path("leave/", my_data.leave, name="leave"),
    path("staff/code/", staff_sign_in.second_factor, name="second_factor"),
    path("staff/authenticator/", staff_sign_in.enrol_authenticator, name="enrol_authenticator"),
    path("reveal/<str:model>/<int:pk>/<slug:field>/", reveal.reveal, name="reveal"),
]
