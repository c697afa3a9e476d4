"""Fields and the error summary: what must be mended is named, linked and announced."""

from django import forms
from django.forms import formset_factory
from django.template import Context, Template
from django.utils import translation

from portal.styleguide import SampleForm


def rendered(template: str, **context: object) -> str:
    with translation.override("en"):
        return Template("{% load look %}" + template).render(Context(context))


class Plain(forms.Form):
    name = forms.CharField(label="Name")
    relation = forms.ChoiceField(label="Who is it?", choices=[("p", "Parent")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I have read it")
    photo = forms.FileField(label="Photo of the invoice")
    note = forms.CharField(label="Note", required=False)
    plate = forms.CharField(label="Bill number", error_messages={"required": "The bill number is at the top right."})


def test_a_field_ties_label_hint_and_error_to_the_input():
    form = Plain({"name": ""})
    page = rendered("{% field form.name hint='As on the identity card' autocomplete='name' %}", form=form)
    assert '<label for="id_name">' in page
    assert 'aria-describedby="id_name_hint id_name_error"' in page
    assert 'id="id_name_hint"' in page and 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page and 'autocomplete="name"' in page


def test_a_good_field_is_not_called_invalid():
    page = rendered("{% field form.name %}", form=Plain())
    assert "aria-invalid" not in page and "aria-describedby" not in page


def test_an_optional_field_says_so():
    assert "(optional)" in rendered("{% field form.note %}", form=Plain())


def test_the_summary_names_every_missing_answer_and_links_to_it():
    page = rendered("{% error_summary form %}", form=Plain({}))
    assert '<a href="#id_name">Please fill in: Name</a>' in page
    assert '<a href="#id_relation_0">Please choose: Who is it?</a>' in page
    assert '<a href="#id_agree">Please tick: I have read it</a>' in page
    assert '<a href="#id_photo">Please add: Photo of the invoice</a>' in page
    assert '<a href="#id_plate">The bill number is at the top right.</a>' in page
    assert 'role="alert"' in page and 'tabindex="-1"' in page


def test_the_summary_takes_formsets_and_messages_that_no_form_knows():
    people = formset_factory(Plain, extra=0)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-relation": "p"}, prefix="form"
    )
    page = rendered("{% error_summary people refusal %}", people=people, refusal=("The window is closed.", "#window"))
    assert '<a href="#id_form-0-name">Please fill in: Name</a>' in page
    assert '<a href="#window">The window is closed.</a>' in page


def test_no_errors_no_summary():
    assert rendered("{% error_summary form %}", form=Plain()).strip() == ""


def test_the_title_says_error_first():
    assert rendered("{% title_prefix %}", form=Plain({})) == "Error: "
    assert rendered("{% title_prefix %}", form=Plain()) == ""
    assert rendered("{% title_prefix %}", page_errors=["x"]) == "Error: "


def test_nothing_is_ticked_beforehand():
    form = SampleForm()
    page = rendered("{% check_row form.agree %}{% radio_cards form.relation %}{% radio_cards form.people %}", form=form)
    assert "checked" not in page


def test_choices_are_one_question_with_a_legend():
    page = rendered(
        "{% radio_cards form.relation hints=hints page_title=True %}", form=Plain(), hints={"p": "by account"}
    )
    assert "<fieldset" in page and "<legend><h1>Who is it?</h1></legend>" in page and "by account" in page


def test_what_a_person_typed_is_shown_as_text():
    page = rendered("{% field form.name %}", form=Plain({"name": "<script>alert(1)</script>"}))
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_content_of_blocks_is_escaped_too():
    page = rendered("{% notice title=t %}{{ t }}{% endnotice %}{% disclosure t %}{% enddisclosure %}", t="<b>&")
    assert "<b>" not in page and page.count("&lt;b&gt;&amp;") == 3
